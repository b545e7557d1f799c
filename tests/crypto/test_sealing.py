"""What is sealed opens for whom and what it was sealed for, and for nothing else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.crypto.envelope import Cipher, key_id_of
from chimera.crypto.root import RootSealer
from chimera.crypto.sealing import UnsealableError
from chimera.kit.ids import new_id

KEY, CONTEXT = os.urandom(32), b"somebody totp"


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_again(plain: bytes) -> None:
    key_id = new_id()
    cipher = Cipher(KEY, key_id)
    sealed = cipher.seal(plain, context=CONTEXT)
    assert key_id_of(sealed) == key_id
    assert cipher.unseal(sealed, context=CONTEXT) == plain


def test_every_bit_counts() -> None:
    cipher = Cipher(KEY, new_id())
    sealed = cipher.seal(b"a secret", context=CONTEXT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(UnsealableError):
            cipher.unseal(bytes(changed), context=CONTEXT)
    for end in range(len(sealed)):
        with pytest.raises(UnsealableError):
            cipher.unseal(sealed[:end], context=CONTEXT)


async def test_the_house_opens_nothing_for_another_tenant_or_purpose() -> None:
    sealer, mine = RootSealer(root=os.urandom(32)), new_id()
    sealed = await sealer.seal(mine, b"a secret", purpose="totp")
    assert await sealer.open(mine, sealed, purpose="totp") == b"a secret"
    assert await sealer.seal(mine, b"a secret", purpose="totp") != sealed
    for tenant, purpose in ((new_id(), "totp"), (None, "totp"), (mine, "provider_secret")):
        with pytest.raises(UnsealableError):
            await sealer.open(tenant, sealed, purpose=purpose)
    with pytest.raises(UnsealableError):
        await RootSealer(root=os.urandom(32)).open(mine, sealed, purpose="totp")

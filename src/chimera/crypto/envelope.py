"""Sealed bytes: AES-256-GCM under a key that the bytes name, bound to whose they are and what for.

Layout: one byte of version, 16 of the key's id, 12 of nonce, then the ciphertext with its tag. Loaded at first use: it
takes 7 MB.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chimera.crypto.sealing import KEY_BYTES, UnsealableError

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_HEAD: Final = 1 + 16


def seal(key: bytes, key_id: UUID, plain: bytes, *, context: bytes) -> bytes:
    """Encrypt; the context is not kept, and must be told again to open."""
    head, nonce = _VERSION + key_id.bytes, os.urandom(_NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + context)


def key_id_of(sealed: bytes) -> UUID:
    """Which key opens it.

    Raises:
        UnsealableError: if it is nothing that was sealed.
    """
    if len(sealed) < _HEAD + _NONCE_BYTES or not sealed.startswith(_VERSION):
        raise UnsealableError("This was not sealed here.")
    return UUID(bytes=sealed[1:_HEAD])


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Decrypt.

    Raises:
        UnsealableError: if the key, the context or a single bit is another.
    """
    key_id_of(sealed)
    nonce, hidden = sealed[_HEAD : _HEAD + _NONCE_BYTES], sealed[_HEAD + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, hidden, sealed[:_HEAD] + context)
    except InvalidTag:
        raise UnsealableError("This cannot be opened: it was changed, or belongs to another.") from None


def derived(root: bytes, *, purpose: str) -> bytes:
    """A key for one purpose, from a root key: HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(root)

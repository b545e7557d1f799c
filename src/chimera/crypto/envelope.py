"""Sealed bytes: AES-256-GCM under a key that the bytes name, bound to whose they are and what for.

Layout: one byte of version, 16 of the key's id, 12 of nonce, then the ciphertext with its tag. What was kept before
anything was sealed has the version 0, and its text follows. Loaded at first use: it takes 7 MB.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chimera.crypto.sealing import HEAD_BYTES, KEY_BYTES, UnsealableError

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_BODY: Final = HEAD_BYTES + _NONCE_BYTES
PLAIN: Final = b"\x00"


class Cipher:
    """One key, made ready: what seals and opens often keeps it."""

    __slots__ = ("_cipher", "_head")

    def __init__(self, key: bytes, key_id: UUID) -> None:
        self._cipher, self._head = AESGCM(key), _VERSION + key_id.bytes

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """Encrypt; the context is not kept, and must be told again to open."""
        head, nonce = self._head, os.urandom(_NONCE_BYTES)
        return head + nonce + self._cipher.encrypt(nonce, plain, head + context)

    def unseal(self, sealed: bytes, *, context: bytes) -> bytes:
        """Decrypt.

        Raises:
            UnsealableError: if the key, the context or a single bit is another.
        """
        head, nonce, hidden = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:_BODY], sealed[_BODY:]
        if head != self._head or len(nonce) < _NONCE_BYTES:
            raise UnsealableError("This was sealed with another key, or is not whole.")
        try:
            return self._cipher.decrypt(nonce, hidden, head + context)
        except InvalidTag:
            raise UnsealableError("This cannot be opened: it was changed, or belongs to another.") from None


def is_plain(kept: bytes) -> bool:
    """Whether it was kept before anything was sealed; what follows its first byte is the text."""
    return kept.startswith(PLAIN)


def key_id_of(sealed: bytes) -> UUID:
    """Which key opens it.

    Raises:
        UnsealableError: if it is nothing that was sealed.
    """
    if len(sealed) < _BODY or not sealed.startswith(_VERSION):
        raise UnsealableError("This was not sealed here.")
    return UUID(bytes=sealed[1:HEAD_BYTES])


def derived(root: bytes, *, purpose: str) -> bytes:
    """A key for one purpose, from a root key: HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(root)

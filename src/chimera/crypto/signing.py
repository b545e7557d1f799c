"""Ed25519 signatures under what is derived from a root key: receipts need no key of their own that could be lost.

Loaded at first use, as `envelope`.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_of(seed: bytes) -> bytes:
    """The public key, 32 bytes, that belongs to a seed of 32 bytes (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signature_of(seed: bytes, text: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(text)


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the signature of the text is that of the key; false, too, for what is none."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True

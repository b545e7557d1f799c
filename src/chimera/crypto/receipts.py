"""Receipts: what was destroyed or erased, as a text that anybody can check with the public key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from chimera.crypto.root import RootSealer

_PURPOSE = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A signed statement.

    Attributes:
        text: JSON, its members in the order of their names: what was signed, as UTF-8.
        key: The Ed25519 public key in hex.
        signature: In hex.
    """

    text: str
    key: str
    signature: str


def receipt_key(root: RootSealer) -> str:
    """With which the receipts of a root key are checked, in hex."""
    public: bytes = import_module("chimera.crypto.signing").public_of(root.derived(_PURPOSE))
    return public.hex()


def receipt_of(root: RootSealer, told: Mapping[str, object]) -> Receipt:
    """Sign a statement."""
    text = json.dumps(dict(told), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature: bytes = import_module("chimera.crypto.signing").signature_of(root.derived(_PURPOSE), text.encode())
    return Receipt(text=text, key=receipt_key(root), signature=signature.hex())


def is_genuine(receipt: Receipt) -> bool:
    """Whether its key signed it; whether the key is the house's, the caller knows."""
    try:
        key, signature = bytes.fromhex(receipt.key), bytes.fromhex(receipt.signature)
    except ValueError:
        return False
    genuine: bool = import_module("chimera.crypto.signing").is_signed(key, receipt.text.encode(), signature)
    return genuine

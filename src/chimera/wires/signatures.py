"""Proofs of reasoning on their way through clients of another wire, and back to whoever signed. Pure.

A client gives back what it was given, so what its wire has no place for travels inside what it has: a foreign
signature names its origin, and the signature of a tool call is part of the call's id.
"""

import base64
import binascii

_SEAL = "chimera."
_MARK = "__sig__"


def sealed(signature: str | None, origin: str | None, *, wire: str) -> str:
    """Return the signature for clients of `wire`: its own as they are, others with the name of their origin."""
    if origin == wire:
        return signature or ""
    return f"{_SEAL}{origin or ''}.{signature or ''}"


def unsealed(text: str, *, wire: str) -> tuple[str | None, str | None]:
    """Return (signature, origin) of what `sealed` gave; what bears no seal is of the wire itself."""
    if not text.startswith(_SEAL):
        return text or None, wire
    origin, _, signature = text.removeprefix(_SEAL).partition(".")
    return signature or None, origin or None


def signed_id(call_id: str, signature: str | None) -> str:
    """Return the id of a tool call that carries its signature, for wires that sign no calls; plain where none is."""
    if signature is None:
        return call_id
    return f"{call_id}{_MARK}{base64.urlsafe_b64encode(signature.encode()).decode().rstrip('=')}"


def split_id(call_id: str) -> tuple[str, str | None]:
    """Return (id, signature) of what `signed_id` gave."""
    plain, mark, coded = call_id.partition(_MARK)
    if not mark or not plain:
        return call_id, None
    try:
        signature = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return call_id, None
    return plain, signature or None

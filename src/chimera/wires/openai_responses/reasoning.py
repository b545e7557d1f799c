"""Reasoning items both ways. Reasoning of other wires travels sealed in `encrypted_content`. Pure.

`encrypted_content` is always told, whether or not it was asked for with `include`: nothing else lets reasoning come
back to the model that made it, as this house stores no reasoning apart from the items.
"""

from typing import Any

from msgspec import Struct

from chimera.llm import Thinking
from chimera.wires.signatures import sealed, unsealed

WIRE = "openai_responses"
_REDACTED = "!"  # begins the seal of a block whose text was withheld; no signature begins so


class ReasoningText(Struct, frozen=True, gc=False):
    text: str = ""


class WireReasoning(Struct, frozen=True, gc=False):
    """A reasoning item as it is sent."""

    id: str | None = None
    summary: list[ReasoningText] = []
    content: list[ReasoningText] | None = None
    encrypted_content: str | None = None


def decode_reasoning(item: WireReasoning) -> Thinking:
    """Return the reasoning, signed by whoever made it."""
    text = "\n\n".join(piece.text for piece in item.summary or item.content or ())
    if item.encrypted_content is None:
        return Thinking(text=text, origin=WIRE, id=item.id)
    signature, origin = unsealed(item.encrypted_content, wire=WIRE)
    if origin == WIRE:
        return Thinking(text=text, signature=signature, origin=WIRE, redacted=bool(signature and not text), id=item.id)
    redacted = (signature or "").startswith(_REDACTED)
    proof = (signature or "").removeprefix(_REDACTED) or None
    return Thinking(text=text, signature=proof, origin=origin, redacted=redacted)


def encrypted_content(signature: str | None, origin: str | None, *, redacted: bool) -> str | None:
    """Return what `encrypted_content` says of reasoning; `None` for OpenAI's own without a proof."""
    if origin == WIRE:
        return signature
    return sealed((_REDACTED if redacted else "") + (signature or ""), origin, wire=WIRE)


def decrypts_here(encrypted: str | None) -> bool:
    """Whether a provider of this wire can read this `encrypted_content`."""
    return encrypted is not None and unsealed(encrypted, wire=WIRE)[1] == WIRE


def encode_reasoning(thinking: Thinking, id: str) -> dict[str, Any]:
    """Return the item as clients and providers of this wire take it."""
    item: dict[str, Any] = {
        "id": id,
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": thinking.text}] if thinking.text else [],
    }
    proof = encrypted_content(thinking.signature, thinking.origin, redacted=thinking.redacted)
    return item if proof is None else item | {"encrypted_content": proof}

"""Reasoning with its proof as `reasoning_details`, both ways, and whom it may be sent back to.

OpenRouter's form, which its clients give back as they got it: https://openrouter.ai/docs/use-cases/reasoning-tokens.
What OpenRouter's models signed bears the name of its format; what others signed is sealed (`wires.signatures`).
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from chimera.llm import Thinking
from chimera.wires.signatures import sealed, unsealed

_OPENROUTER = "openrouter:"
_UNKNOWN = "unknown"
_FORMATS = {
    "anthropic_messages": "anthropic-claude-v1",
    "gemini": "google-gemini-v1",
    "openai_responses": "openai-responses-v1",
}
# Whose models take a format, by how OpenRouter names them.
_MAKERS = {
    "anthropic-claude-v1": "anthropic/",
    "google-gemini-v1": "google/",
    "openai-responses-v1": "openai/",
    "azure-openai-responses-v1": "openai/",
    "xai-responses-v1": "x-ai/",
}


class Detail(Struct, frozen=True, gc=False):
    """An entry of `reasoning_details`, or in a stream a piece of one."""

    type: str | None = None
    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None
    format: str | None = None
    id: str | None = None

    @property
    def words(self) -> str:
        return self.text or self.summary or ""


def decode_detail(detail: Detail) -> Thinking:
    """Return the reasoning; its origin is a wire where it bears our seal, else a format of OpenRouter's."""
    own = f"{_OPENROUTER}{detail.format or _UNKNOWN}"
    redacted = detail.type == "reasoning.encrypted"
    signature, origin = unsealed(detail.data if redacted and detail.data else detail.signature or "", wire=own)
    if signature is None and detail.format in {None, _UNKNOWN}:
        origin = None
    return Thinking(text=detail.words, signature=signature, origin=origin, redacted=redacted, id=detail.id)


def encode_detail(thinking: Thinking, index: int) -> dict[str, Any]:
    """Return the entry for a client, or for the provider whose reasoning it is (see `may_return`)."""
    origin = thinking.origin or ""
    theirs = origin.startswith(_OPENROUTER)
    word = origin.removeprefix(_OPENROUTER) if theirs else _FORMATS.get(origin, _UNKNOWN)
    proof = thinking.signature if theirs else _seal(thinking)
    told: dict[str, Any]
    if thinking.redacted:
        told = {"type": "reasoning.encrypted", "data": proof or ""}
    elif theirs and proof is None and word.endswith("responses-v1"):
        told = {"type": "reasoning.summary", "summary": thinking.text}
    else:
        told = {"type": "reasoning.text", "text": thinking.text}
        if proof is not None:
            told["signature"] = proof
    if thinking.id is not None:
        told["id"] = thinking.id
    return told | {"format": word, "index": index}


def encode_details(thoughts: Iterable[Thinking]) -> list[dict[str, Any]]:
    """Return the entries for a client: all of it, or nothing where nothing is signed."""
    told = list(thoughts)
    if not any(thought.signature is not None for thought in told):
        return []
    return [encode_detail(thought, index) for index, thought in enumerate(told)]


def may_return(thinking: Thinking, model: str) -> bool:
    """Whether reasoning may go to this model of OpenRouter's as it is: its maker's own, or without any proof."""
    origin = thinking.origin
    if origin is None or not origin.startswith(_OPENROUTER):
        return thinking.signature is None and origin is None
    maker = _MAKERS.get(origin.removeprefix(_OPENROUTER))
    return thinking.signature is None if maker is None else model.removeprefix("~").startswith(maker)


def _seal(thinking: Thinking) -> str | None:
    return None if thinking.signature is None else sealed(thinking.signature, thinking.origin, wire="")

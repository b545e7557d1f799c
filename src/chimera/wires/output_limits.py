"""A shorter answer than its caller asked for, said in the caller's own words. Pure."""

from collections.abc import Mapping

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from chimera.llm import Original
from chimera.wires.gemini.spelling import camel

# Where each wire says how long an answer may become; of OpenAI's two names the new one wins.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "openai_chat": ("max_completion_tokens",),
    "openai_responses": ("max_output_tokens",),
    "anthropic_messages": ("max_tokens",),
    "gemini": ("generationConfig", "maxOutputTokens"),
    "ollama": ("options", "num_predict"),
}
_OLD_NAMES: Mapping[str, str] = {"openai_chat": "max_tokens"}
_members = msgspec.json.Decoder(dict[str, Raw]).decode


def limited(original: Original, tokens: int) -> Original | None:
    """Return the words with the limit in them; `None` for a wire whose place for it is not known."""
    place = _PLACES.get(original.wire)
    if place is None:
        return None
    fields = {name: raw for name, raw in original.fields.items() if name != _OLD_NAMES.get(original.wire)}
    return replace(original, fields=_with(fields, place, Raw(b"%d" % tokens)))


def _with(fields: Mapping[str, Raw], place: tuple[str, ...], value: Raw) -> dict[str, Raw]:
    name, *deeper = place
    spelled = next((one for one in fields if camel(one) == camel(name)), name)
    if not deeper:
        return {**fields, spelled: value}
    within = _members(fields[spelled]) if bytes(fields.get(spelled, b"null")) != b"null" else {}
    return {**fields, spelled: Raw(msgspec.json.encode(_with(within, tuple(deeper), value)))}

"""What moderators and volunteers are asked for, and how it is read."""

import json
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from chimera.llm import JsonSchema

STOP: Final = "stop"
HUMAN: Final = "human"
MOST_BID: Final = 10
_MOST_WHY: Final = 300


class Choice(Struct, frozen=True, kw_only=True):
    """Whom a moderator wants to hear."""

    next: str
    why: str = ""


class Bid(Struct, frozen=True, kw_only=True):
    """How much somebody wants to speak."""

    score: float
    why: str = ""


def choice_format(choices: Sequence[str]) -> JsonSchema:
    """Only these names can be said."""
    return _format("next_speaker", {"next": {"type": "string", "enum": list(choices)}})


def bid_format() -> JsonSchema:
    return _format("bid", {"score": {"type": "integer", "minimum": 0, "maximum": MOST_BID}})


def read_choice(words: str, choices: Sequence[str]) -> Choice | None:
    """Return the choice in the choices' own spelling; `None` where it is none of them."""
    try:
        said = msgspec.json.decode(_object(words), type=Choice)
    except msgspec.DecodeError:
        return None
    wanted = said.next.strip().lstrip("@").casefold()
    chosen = next((choice for choice in choices if choice.casefold() == wanted), None)
    return None if chosen is None else Choice(next=chosen, why=said.why.strip()[:_MOST_WHY])


def read_bid(words: str) -> Bid | None:
    try:
        said = msgspec.json.decode(_object(words), type=Bid)
    except msgspec.DecodeError:
        return None
    return Bid(score=said.score, why=said.why.strip()[:_MOST_WHY]) if 0 <= said.score <= MOST_BID else None


def _object(words: str) -> str:
    """The object in an answer; models like to put it into a block of code."""
    return words[words.find("{") : words.rfind("}") + 1]


def _format(name: str, properties: dict[str, object]) -> JsonSchema:
    schema = {
        "type": "object",
        "properties": {**properties, "why": {"type": "string"}},
        "required": [*properties, "why"],
        "additionalProperties": False,
    }
    return JsonSchema(name=name, schema=json.dumps(schema), strict=True)

"""What a model answers: `Started (TextDelta | Cited | ThinkingDelta | ToolCallDelta | UsageReported)* Finished`.

An embedding model answers in the same way, with `Embedded` in the middle: all stages of the gateway serve both. An
answer whose caller speaks the provider's own wire comes as `Started (Forwarded | UsageReported)* Finished`.

A failure is an exception, never an event. A stream that ends without `Finished` was cut and is a failure.
"""

from collections.abc import AsyncGenerator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from chimera.llm.content import Citation
from chimera.llm.usage import Usage


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"
    PAUSED = "paused"
    """The provider wants to be asked to go on (Anthropic's `pause_turn`)."""


class Started(Struct, frozen=True, kw_only=True, tag="started"):
    """The provider has begun.

    Attributes:
        id: The provider's id of the answer.
        model: The provider's name of the model that answers.
        lost: Names of request parameters that the provider's wire cannot carry.
        headers: Headers of the provider's answer that are worth passing on, names in lower case: its rate limits, and
            the content type of what is forwarded.
        forwarded: Whether the answer comes as `Forwarded` bytes of the caller's own wire.
    """

    id: str
    model: str
    lost: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    forwarded: bool = False


class TextDelta(Struct, frozen=True, kw_only=True, tag="text"):
    """More text.

    Attributes:
        starts_part: Whether it begins another text part than the one before, as on wires that cite whole parts.
        refusal: Whether the model declines in these words; they make a part of their own.
    """

    text: str
    starts_part: bool = False
    refusal: bool = False


class Cited(Struct, frozen=True, kw_only=True, tag="cited"):
    """What the text part that is being written rests on."""

    citation: Citation


class ThinkingDelta(Struct, frozen=True, kw_only=True, tag="thinking"):
    """More reasoning; the delta that carries a `signature` ends its block. See `content.Thinking`."""

    text: str = ""
    signature: str | None = None
    origin: str | None = None
    redacted: bool = False
    id: str | None = None


class ToolCallDelta(Struct, frozen=True, kw_only=True, tag="tool_call"):
    """A piece of call number `index` (0, 1, …): `id` and `name` come whole in its first piece, and empty later."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    signature: str | None = None


class Embedded(Struct, frozen=True, kw_only=True, tag="embedded"):
    """The vectors, one a text, in the order asked. Only in answers to an `EmbeddingRequest`."""

    vectors: tuple[tuple[float, ...], ...]


class Forwarded(Struct, frozen=True, kw_only=True, tag="forwarded"):
    """Bytes of the answer as the provider sent them: whole frames of a stream, or a piece of a body.

    Attributes:
        text: What of the answer was understood in them.
    """

    data: bytes
    text: str = ""


class UsageReported(Struct, frozen=True, kw_only=True, tag="usage"):
    """Usage of this answer so far; a later report replaces an earlier one."""

    usage: Usage


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """The answer is complete.

    Attributes:
        stop_sequence: The stop string that was met, where the provider tells.
        cut: Whether it was ended here: whoever passes on the provider's bytes has to write their end.
    """

    reason: FinishReason
    stop_sequence: str | None = None
    cut: bool = False


Event: TypeAlias = (
    Started | TextDelta | Cited | ThinkingDelta | ToolCallDelta | Embedded | Forwarded | UsageReported | Finished
)
Stream: TypeAlias = AsyncGenerator[Event, None]

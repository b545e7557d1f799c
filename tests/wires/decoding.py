"""Decoders under test: a body in any partition, and the rules that every stream of events keeps."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from hypothesis import strategies as st

from chimera.llm import Event, Finished, Started, ThinkingDelta, ToolCallDelta, UsageReported
from chimera.wires.failure import BrokenAnswerError


class Decoder(Protocol):
    def feed(self, data: bytes) -> list[Event]: ...

    def close(self) -> list[Event]: ...


def decode(decoder: Decoder, body: bytes, size: int | None = None) -> list[Event]:
    """Return all events of a body that comes in pieces of `size` bytes, and check their order."""
    events: list[Event] = []
    for start in range(0, len(body), size or len(body) or 1):
        events += decoder.feed(body[start : start + (size or len(body))])
    events += decoder.close()
    check_order(events)
    return events


def heard_before_breaking(decoder: Decoder, body: bytes, size: int | None = None) -> list[Event]:
    """Return the events that a reader gets of a body that breaks."""
    events: list[Event] = []
    try:
        for start in range(0, len(body), size or len(body)):
            events += decoder.feed(body[start : start + (size or len(body))])
        events += decoder.close()
    except BrokenAnswerError as error:
        return [*events, *error.heard]
    raise AssertionError("it should have broken")


def check_order(events: Sequence[Event]) -> None:
    kinds = [type(event) for event in events]
    assert kinds.count(Started) == 1, "one Started"
    assert kinds.count(Finished) == 1, "one Finished"
    assert kinds[0] is Started
    assert kinds[-1] is Finished
    assert any(kind is UsageReported for kind in kinds[:-1]), "usage before the end"


def without_id(events: Sequence[Event]) -> list[Event]:
    """Return the events without the answer's id, which a decoder makes where the provider gives none."""
    first, *others = events
    assert isinstance(first, Started)
    return [msgspec.structs.replace(first, id=""), *others]


def survives(decoder: Decoder, pieces: Sequence[bytes]) -> None:
    """Feed anything; only the wire's own errors may come out."""
    try:
        for piece in pieces:
            decoder.feed(piece)
        decoder.close()
    except BrokenAnswerError:
        pass


def spoilt(body: bytes) -> st.SearchStrategy[bytes]:
    """Return a strategy of bodies with a few bytes changed, dropped or put in."""
    edit = st.tuples(st.integers(0, len(body) - 1), st.integers(0, 3), st.binary(max_size=3))
    return st.lists(edit, min_size=1, max_size=5).map(lambda edits: _edited(body, edits))


def _edited(body: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for position, length, replacement in edits:
        body = body[:position] + replacement + body[position + length :]
    return body


def calls(events: Sequence[Event]) -> list[ToolCallDelta]:
    return [event for event in events if isinstance(event, ToolCallDelta)]


def thoughts(events: Sequence[Event]) -> list[ThinkingDelta]:
    return [event for event in events if isinstance(event, ThinkingDelta)]


def sse(*payloads: Mapping[str, object]) -> bytes:
    """Return server-sent events, each named by its payload's type as Anthropic does."""
    return b"".join(
        (f"event: {payload['type']}\n".encode() if "type" in payload else b"")
        + b"data: " + msgspec.json.encode(payload) + b"\n\n"
        for payload in payloads
    )  # fmt: skip


def lines(*payloads: Mapping[str, object]) -> bytes:
    return b"".join(msgspec.json.encode(payload) + b"\n" for payload in payloads)

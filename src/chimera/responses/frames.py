"""Streamed events as they are kept: server-sent ones, each with the number that its data says. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from chimera.responses.states import ResponseStatus

END: Final = b"\n\n"
FINAL_EVENTS: Final = {
    ResponseStatus.COMPLETED: "response.completed",
    ResponseStatus.FAILED: "response.failed",
    # There is no event of its own for what was cancelled.
    ResponseStatus.CANCELLED: "response.incomplete",
    ResponseStatus.INCOMPLETE: "response.incomplete",
}


class Told(Struct, frozen=True, gc=False):
    """What of an event's data is read here."""

    type: str = ""
    sequence_number: int = -1
    item: Raw = Raw()
    response: Raw = Raw()


_told: Final = msgspec.json.Decoder(Told).decode


def split(frames: bytes) -> list[bytes]:
    """Cut whole frames apart, each with its end."""
    return [frame + END for frame in frames.split(END) if frame]


def read(frame: bytes) -> Told:
    """Read a frame's data; of one that has none that can be read, nothing is told."""
    data = b"\n".join(line[5:] for line in frame.split(b"\n") if line.startswith(b"data:"))
    try:
        return _told(data)
    except msgspec.DecodeError:
        return Told()


def last_number(frames: bytes) -> int:
    """The sequence number of the last of these events."""
    return max((read(frame).sequence_number for frame in split(frames)), default=-1)


def later(frames: bytes, number: int) -> bytes:
    """Those of the frames that come after an event."""
    return b"".join(frame for frame in split(frames) if read(frame).sequence_number > number)


def items_done(frames: Iterable[bytes]) -> list[dict[str, Any]]:
    """The output items that were complete in these events."""
    return [
        msgspec.json.decode(told.item)
        for told in _every(frames)
        if told.type == "response.output_item.done" and told.item
    ]


def event(kind: str, number: int, response: dict[str, Any]) -> bytes:
    """An event that carries the response object."""
    data = msgspec.json.encode({"type": kind, "response": response, "sequence_number": number})
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)


def _every(blocks: Iterable[bytes]) -> Iterator[Told]:
    return (read(frame) for block in blocks for frame in split(block))

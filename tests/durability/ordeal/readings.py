"""Readers of turns, who come back when they are cut off, and hold what they were told against its numbers."""

import random
import socket
import struct
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from tests.durability.ordeal.doors import Doors
from tests.durability.replica import Frame, frames

_LINGER_NONE: Final = struct.pack("ii", 1, 0)


@dataclass(slots=True, eq=False)
class Reading:
    """What one reader was told of one turn.

    Attributes:
        faults: Numbers that were told twice or not at all.
        cuts: How often the reader was cut off.
    """

    frames: list[Frame] = field(default_factory=list[Frame])
    faults: list[str] = field(default_factory=list[str])
    cuts: int = 0

    @property
    def last(self) -> int:
        return self.frames[-1].id if self.frames else 0

    @property
    def is_over(self) -> bool:
        return bool(self.frames) and self.frames[-1].event == "turn.finished"

    @property
    def turn_id(self) -> str:
        return str(self.frames[0].data["turn_id"])

    def take(self, frame: Frame) -> None:
        if frame.id != self.last + 1:
            self.faults.append(f"{frame.id} after {self.last}")
        self.frames.append(frame)

    async def read(
        self, response: httpx2.Response, *, at_most: int | None = None, begun: Callable[[], None] | None = None
    ) -> None:
        """Read on to the end, or until so many events were read: then the connection is reset.

        Args:
            begun: Called after the first event.
        """
        async with aclosing(frames(response)) as told:
            async for frame in told:
                self.take(frame)
                if begun is not None and len(self.frames) == 1:
                    begun()
                if at_most is not None and len(self.frames) >= at_most and not self.is_over:
                    reset(response)
                    self.cuts += 1
                    return

    async def read_on(self, doors: Doors, turn_id: str, lots: random.Random) -> None:
        """Follow the turn to its end from where it was, wherever that is possible."""
        while not self.is_over:
            door = await doors.any()
            cut = self.last + lots.randint(2, 12) if lots.random() < 0.2 else None
            with suppress(httpx2.TransportError):
                headers = {"Last-Event-ID": str(self.last)}
                path = f"/api/v1/turns/{turn_id}/events"
                async with door.server.client.stream("GET", path, headers=headers) as response:
                    if response.status_code == 200:
                        await self.read(response, at_most=cut)
                    elif response.status_code != 503:
                        raise AssertionError(f"{turn_id} is gone: {await response.aread()!r}")


def reset(response: httpx2.Response) -> None:
    """Let the connection end as that of a client that was killed does: the server is told nothing but RST."""
    stream: Any = response.extensions["network_stream"]
    taken: socket.socket = stream.get_extra_info("socket")
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)


def texts_of(read: list[Frame]) -> dict[str, str]:
    """What was said in each message that was begun."""
    first = read[0].data
    told = {} if first["model"] == "panel" else {str(first["message_id"]): ""}
    for frame in read:
        if frame.event == "speech.started":
            told[str(frame.data["message_id"])] = ""
        elif frame.event == "text.delta":
            told[str(frame.data.get("message_id", first["message_id"]))] += str(frame.data["text"])
    return told

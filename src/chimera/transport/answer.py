"""One answer: what its connection has heard of it, and how it is read."""

import asyncio
from collections.abc import ItemsView, Iterator, Mapping, Sequence
from typing import Protocol

from chimera.transport.faults import Fault, TransportError
from chimera.transport.unpacking import Unpacker


class Headers(Mapping[str, str]):
    """Headers with their names as they came, found in any case. Of a name that came twice the first counts."""

    __slots__ = ("_as_told", "_found")

    def __init__(self, told: Sequence[tuple[bytes, bytes]]) -> None:
        # Latin-1 takes every byte, and gives it back.
        self._as_told = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(told)}
        self._found: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        if self._found is None:
            self._found = {name.lower(): value for name, value in self._as_told.items()}
        return self._found[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._as_told)

    def __len__(self) -> int:
        return len(self._as_told)

    def items(self) -> ItemsView[str, str]:
        return self._as_told.items()


class Carrier(Protocol):
    """The connection that an answer comes by."""

    async def wait(self) -> None:
        """Wait until anything happens."""

    def let_go(self) -> None:
        """The answer is read, or nobody wants its rest."""


class Answer:
    """What a connection hears, until it is closed. The connection writes, one reader reads."""

    __slots__ = ("_carrier", "bodiless", "ended", "fault", "framed", "headers", "held", "pieces", "status", "unpacker")

    def __init__(self, carrier: Carrier, *, bodiless: bool) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.pieces: list[bytes] = []
        self.held = 0
        self.bodiless = bodiless
        self.framed = False
        self.ended = False
        self.fault: Fault | None = None
        self.unpacker: Unpacker | None = None
        self._carrier: Carrier | None = carrier

    async def begun(self) -> None:
        """Wait for the status and the headers. Raises TransportError."""
        while not self.status:
            await self._more()

    async def piece(self) -> bytes:
        """Return what has come since the last piece, or wait for it; nothing at the end.

        Raises:
            TransportError: it ended too soon, and all that had come was given.
        """
        while True:
            if data := self._taken():
                return data
            if self.ended:
                if self.unpacker is not None:
                    self.unpacker.close()
                return b""
            await self._more()

    async def drain(self, patience_s: float) -> None:
        """Wait for the end of a body that nobody reads, so that its connection can be used again. Fails silently."""
        if self.ended:
            return
        try:
            async with asyncio.timeout(patience_s):
                while not self.ended:
                    self.pieces, self.held = [], 0
                    await self._more()
        except (TransportError, TimeoutError):
            return

    def close(self) -> None:
        """Let go of the connection; before the body's end, it is closed at once."""
        carrier, self._carrier = self._carrier, None
        if carrier is not None:
            carrier.let_go()

    def _taken(self) -> bytes:
        # What is unpacked goes first: a small piece may hold much, and nothing new is let in before it is gone.
        if self.unpacker is not None and (data := self.unpacker.take()):
            return data
        pieces = self.pieces
        if not pieces:
            return b""
        self.pieces, self.held = [], 0
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if self.unpacker is None:
            return data
        self.unpacker.feed(data)
        return self.unpacker.take()

    async def _more(self) -> None:
        if self.fault is not None:
            raise TransportError(self.fault)
        if self._carrier is None:
            raise TransportError(Fault.LOST)
        await self._carrier.wait()

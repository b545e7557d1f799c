"""What a running request has answered so far: written once, read from its beginning by whoever comes."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Message, Send

from chimera.idempotency.states import Headers, Result

LONGEST: Final = 8 * 1_048_576
MOST_HELD: Final = 256 * 1_048_576
REPLAYED: Final = (b"idempotent-replayed", b"true")
# True of the moment in which they were said, not of the answer.
_OF_THE_MOMENT: Final = (b"retry-after", b"x-ratelimit-", b"anthropic-ratelimit-", b"set-cookie", b"date")


@dataclass(slots=True)
class Room:
    """How much all recordings of this process may hold together, in bytes."""

    most: int = MOST_HELD
    held: int = 0


@dataclass(slots=True, eq=False)
class Recording:
    """One answer.

    Its last piece is given out only when the recording is closed: who has the whole answer knows that it is kept.
    Longer than `longest`, it is not recorded any more but only handed to those who read already, as fast as they do.

    Attributes:
        complete: It was answered to its end.
        overlong: It is not all here.
        shut_out: It was ended because whoever it is made for may not have it any more.
    """

    room: Room
    longest: int = LONGEST
    complete: bool = False
    overlong: bool = False
    shut_out: bool = False
    _head: tuple[int, Headers] | None = None
    _pieces: list[bytes] = field(default_factory=list)
    _gone: int = 0
    _size: int = 0
    _tail: bytes = b""
    _closed: bool = False
    _readers: dict[object, int] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _read: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def started(self) -> bool:
        return self._head is not None

    @property
    def result(self) -> Result | None:
        """The whole answer; `None` if it is not complete, or not all here."""
        if self._head is None or not self.complete or self.overlong:
            return None
        status, headers = self._head
        return Result(status=status, headers=headers, body=b"".join([*self._pieces, self._tail]))

    async def send(self, message: Message) -> None:
        """Record a message of the answer, as an ASGI `send`."""
        if message["type"] == "http.response.start":
            if self._head is None:
                self._head = message["status"], tuple((bytes(name), bytes(value)) for name, value in message["headers"])
                self._news.set()
            return
        body = message.get("body", b"")
        self._count(len(body))
        if message.get("more_body", False):
            if self.overlong:
                await self._make_room()
            self._pieces.append(body)
            self._news.set()
        else:
            self._tail, self.complete = body, True

    def close(self) -> None:
        """Nothing more will come: let readers go."""
        self._closed = True
        self._give_back()
        self._news.set()

    async def began(self) -> None:
        """Wait until the answer has begun, or never will."""
        while self._head is None and not self._closed:
            await self._next()

    async def play(self, send: Send, *, more: Headers = ()) -> bool:
        """Send the answer from its beginning on, as it comes, and these headers with it.

        Returns False if it broke off: what was sent is not all there was to say.
        """
        reader = object()
        position = self._readers[reader] = self._gone
        try:
            await self.began()
            if self._head is None:
                return False
            await _begin(send, *self._head, more)
            while True:
                while position < self._gone + len(self._pieces):
                    piece = self._pieces[position - self._gone]
                    position += 1
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    self._note(reader, position)
                if self._closed:
                    break
                await self._next()
            if self.complete:
                await send({"type": "http.response.body", "body": self._tail})
            return self.complete
        finally:
            del self._readers[reader]
            self._read.set()

    def _note(self, reader: object, position: int) -> None:
        self._readers[reader] = position
        if self.overlong:
            self._read.set()

    def _count(self, more: int) -> None:
        self._size += more
        self.room.held += more
        if self._size > self.longest or self.room.held > self.room.most:
            self.overlong = True

    def _give_back(self) -> None:
        self.room.held -= self._size
        self._size = 0

    async def _make_room(self) -> None:
        """Wait until everybody has read what is here, and let go of it."""
        end = self._gone + len(self._pieces)
        while any(position < end for position in self._readers.values()):
            self._read.clear()
            await self._read.wait()
        self._gone = end
        self._pieces.clear()
        self._give_back()

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()


async def replay(result: Result, send: Send) -> None:
    """Send a first result again, at once."""
    await _begin(send, result.status, result.headers, (REPLAYED,))
    await send({"type": "http.response.body", "body": result.body})


async def _begin(send: Send, status: int, headers: Headers, more: Headers) -> None:
    said = headers
    if REPLAYED in more:
        said = tuple(pair for pair in headers if not pair[0].lower().startswith(_OF_THE_MOMENT))
    await send({"type": "http.response.start", "status": status, "headers": [*said, *more]})

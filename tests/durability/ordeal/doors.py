"""The servers of an ordeal: where clients knock, and what befalls the servers."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Self, TypeAlias
from uuid import UUID

from tests.durability.replica import Replica

Start: TypeAlias = Callable[[str], AbstractAsyncContextManager[Replica]]


@dataclass(slots=True, eq=False, kw_only=True)
class Door:
    """One life of a server.

    Attributes:
        name: Of its place, where another life follows.
        turns: Those that clients know it to have begun.
        ended_at: When it was killed, in monotonic seconds.
    """

    name: str
    server: Replica
    turns: list[UUID] = field(default_factory=list[UUID])
    ended_at: float | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Doors:
    """All servers on one database."""

    start: Start
    lots: random.Random
    open: dict[str, Door] = field(default_factory=dict[str, Door])
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def begin(self, name: str) -> Door:
        """Start a server; what it leaves behind, the next one at this place finds."""
        server = await self._stack.enter_async_context(self.start(name))
        self.open[name] = door = Door(name=name, server=server)
        self._opened.set()
        return door

    async def any(self) -> Door:
        """One that is open, by lot."""
        while not self.open:
            self._opened.clear()
            await self._opened.wait()
        return self.open[self.lots.choice(sorted(self.open))]

    async def kill(self, name: str) -> Door:
        """End a server without a warning."""
        door = self.open.pop(name)
        door.ended_at = time.monotonic()
        await door.server.kill()
        return door

"""The pools: which connection carries a request, and what is kept for the next."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from chimera.transport.answer import Answer
from chimera.transport.connection import Connection
from chimera.transport.dialling import Dialler
from chimera.transport.faults import Fault, TransportError
from chimera.transport.request import Origin, head_of, target_of

# RFC 9110, 9.2.2: asked twice they do what they do once.
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a server may take.

    Attributes:
        connect_s: Until the connection stands, TLS included.
        idle_s: Between two pieces of the answer, and before its first.
        thinking_s: Instead of `idle_s` where a model was asked to think: many do so without a word.
        whole_s: Before the first piece of an answer that comes whole, when all has been written.
    """

    connect_s: float = 10.0
    idle_s: float = 120.0
    thinking_s: float = 300.0
    whole_s: float = 600.0

    @property
    def whole(self) -> Self:
        """These, for an answer that comes whole."""
        return replace(self, idle_s=max(self.idle_s, self.whole_s))

    @property
    def thinking(self) -> Self:
        """These, for an answer that is thought about first."""
        return replace(self, idle_s=max(self.idle_s, self.thinking_s))


class Pool:
    """Connections to all origins. Never makes a request wait for another: who finds none free opens one.

    Args:
        admits: Judges each IP address right before a socket is connected to it; `None` admits all.
    """

    def __init__(self, *, admits: Callable[[str], bool] | None = None) -> None:
        self._dialler = Dialler(admits)
        self._free: dict[Origin, dict[Connection, None]] = {}
        self._all: set[Connection] = set()
        self._open = True
        self._all_gone = asyncio.Event()

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, timeouts: Timeouts
    ) -> Answer:
        """Send a request and return its answer, to be closed, when the status and the headers are there.

        A connection from the pool that breaks before a byte of the answer has come is replaced once, where the method
        may be repeated.

        Raises:
            TransportError: every way to fail.
        """
        target = target_of(url)
        length = len(body) if body is not None else 0 if method in _WITH_BODY else None
        head, bodiless = head_of(method, target, headers, length), method == "HEAD"
        kept = self._kept(target.origin)
        if kept is not None:
            try:
                return await kept.ask(head, body, bodiless=bodiless, idle_s=timeouts.idle_s)
            except TransportError as error:
                if error.fault is not Fault.LOST or kept.heard or method not in _REPEATABLE:
                    raise
        fresh = await self._fresh(target.origin, timeouts.connect_s)
        return await fresh.ask(head, body, bodiless=bodiless, idle_s=timeouts.idle_s)

    async def close(self) -> None:
        """Close every connection at once, also those in use."""
        self._open = False
        for connection in [*self._all]:
            connection.close()
        if self._all:
            await self._all_gone.wait()

    def _kept(self, origin: Origin) -> Connection | None:
        free = self._free.get(origin)
        while free:
            # The last one first: what a rush left over grows old and is closed.
            connection, _ = free.popitem()
            if connection.fit:
                return connection
            connection.close()
        return None

    async def _fresh(self, origin: Origin, patience_s: float) -> Connection:
        loop = asyncio.get_running_loop()
        made = partial(Connection, loop, partial(self._keep, origin), partial(self._forget, origin))
        connection = await self._dialler.dial(origin, made, patience_s)
        if not connection.closed:
            self._all.add(connection)
        if not self._open:
            connection.close()
        return connection

    def _keep(self, origin: Origin, connection: Connection) -> None:
        self._free.setdefault(origin, {})[connection] = None

    def _forget(self, origin: Origin, connection: Connection) -> None:
        self._all.discard(connection)
        if not self._open and not self._all:
            self._all_gone.set()
        free = self._free.get(origin)
        if free is not None:
            free.pop(connection, None)
            if not free:
                del self._free[origin]

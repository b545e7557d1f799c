"""The fake upstream: listens, finds provider and endpoint, follows the test's script, remembers what it was asked."""

import asyncio
import functools
import socket
import urllib.parse
from collections import deque
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.flavours import FLAVOURS, Flavour, Operation, Route
from tests.fakes.http import ClientLeftError, Connection, Exchange
from tests.fakes.received import Received
from tests.fakes.speech import Saying
from tests.fakes.turn import Turn
from tests.fakes.wires.wire import Ask

_REMEMBERED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scripted:
    """One step of the test's script, waiting for the request it is meant for."""

    step: Fault | Answer
    flavour: str | None
    operation: Operation

    def fits(self, flavour: Flavour, route: Route) -> bool:
        return self.operation is route.operation and self.flavour in {None, flavour.name}


class FakeUpstream:
    """Every provider at one loopback address; the first segment of the path says which.

    Leaving the context closes every connection and raises what went wrong inside the fake itself, if anything did.

    Args:
        keys: The keys that are accepted; None accepts all.
        answer: What to say by default.
        retry_after_s: What Retry-After (or its equivalent) says, where a fault says it.
        models: Which ones a provider has, where not those of its flavour.
        port: 0 takes a free one.
    """

    def __init__(
        self,
        *,
        keys: Iterable[str] | None = None,
        answer: Saying | None = None,
        retry_after_s: float = 2.0,
        models: Mapping[str, Sequence[str]] | None = None,
        port: int = 0,
    ) -> None:
        self._keys = None if keys is None else frozenset(keys)
        self._answer: Saying = answer or Answer()
        self._retry_after_s = retry_after_s
        self._models = models or {}
        self._port = port
        self._script: list[_Scripted] = []
        self._ill: dict[str, Fault] = {}
        self._requests: deque[Received] = deque(maxlen=_REMEMBERED)
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []
        self._serial = 0
        self._arrival = asyncio.Event()
        self._unreachable = socket.socket()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        # Bound and never listening: the address refuses, and nobody else can take it.
        self._unreachable.bind(("127.0.0.1", 0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._unreachable.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        if self._failures and error is None:
            raise ExceptionGroup("the fake upstream failed", self._failures)

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def unreachable_url(self) -> str:
        """An address that refuses every connection."""
        return f"http://127.0.0.1:{self._unreachable.getsockname()[1]}"

    @property
    def requests(self) -> list[Received]:
        """What was asked, in order (the last 5,000)."""
        return list(self._requests)

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    def base_url(self, flavour: str, *, unreachable: bool = False) -> str:
        """Return what `<PROVIDER>_BASE_URL` should be for a provider, or the same at an address that refuses."""
        address = self.unreachable_url if unreachable else self.url
        return f"{address}/{flavour}{FLAVOURS[flavour].base}"

    def say(self, answer: Saying) -> None:
        """Set the default answer."""
        self._answer = answer

    def next(self, *steps: Fault | Answer, flavour: str | None = None, operation: Operation = Operation.CHAT) -> None:
        """Script the coming requests of one operation, and of one provider if named: each step serves one request."""
        self._script.extend(_Scripted(step=step, flavour=flavour, operation=operation) for step in steps)

    def know_only(self, *keys: str) -> None:
        """Take these keys from now on, and no others."""
        self._keys = frozenset(keys)

    def fall_ill(self, flavour: str, fault: Fault) -> None:
        """Let every request to a provider fail in one way, until it is well again."""
        self._ill[flavour] = fault

    def recover(self, flavour: str) -> None:
        self._ill.pop(flavour, None)

    async def arrived(self, count: int = 1) -> list[Received]:
        """Wait until `count` requests have come in all, and return them all."""
        while len(self._requests) < count:
            self._arrival.clear()
            await self._arrival.wait()
        return self.requests

    def _connect(self) -> Connection:
        connection = Connection(self._serve, self._spawn, on_lost=self._connections.discard)
        self._connections.add(connection)
        return connection

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, exchange: Exchange) -> None:
        self._serial += 1
        split = urllib.parse.urlsplit(exchange.target)
        query = dict(urllib.parse.parse_qsl(split.query))
        received = Received(exchange.method, split.path, query=query, headers=exchange.headers, body=exchange.body)
        found = _resolve(exchange.method, split.path)
        if found:
            received.flavour, received.operation = found[0].name, found[1].operation
        self._requests.append(received)
        self._arrival.set()
        try:
            if found is None:
                await _say_not_found(exchange)
            else:
                flavour, route, params = found
                ask = Ask(
                    params=params,
                    query=query,
                    headers=exchange.headers,
                    body=exchange.body,
                    serial=self._serial,
                    models=self._models.get(flavour.name, flavour.models),
                )
                await self._answer_with(exchange, received, (flavour, route), ask)
        except ClientLeftError:
            received.end(client_left=True)
        except Exception as error:  # noqa: BLE001  # a bug in the fake must not pass for a fault on demand: raised on exit
            self._failures.append(error)
            exchange.reset()
        else:
            received.end(client_left=False)

    async def _answer_with(
        self, exchange: Exchange, received: Received, found: tuple[Flavour, Route], ask: Ask
    ) -> None:
        flavour, route = found
        accepted = self._accepts(flavour.key(ask.headers, ask.query), keyless=flavour.keyless)
        step = self._take_step(flavour, route) if accepted else None
        turn = Turn(
            exchange=exchange,
            received=received,
            flavour=flavour,
            route=route,
            ask=ask,
            answer=step if isinstance(step, Answer) else self._answer,
            scripted=step if isinstance(step, Fault) else None,
            retry_after_s=self._retry_after_s,
        )
        await (turn.run() if accepted else turn.refuse_key())

    def _accepts(self, key: str | None, *, keyless: bool) -> bool:
        return self._keys is None or key in self._keys or (keyless and key is None)

    def _take_step(self, flavour: Flavour, route: Route) -> Fault | Answer | None:
        for index, scripted in enumerate(self._script):
            if scripted.fits(flavour, route):
                return self._script.pop(index).step
        return self._ill.get(flavour.name)


_Found = tuple[Flavour, Route, Mapping[str, str]]


@functools.lru_cache(maxsize=1024)
def _resolve(method: str, path: str) -> _Found | None:
    _, name, rest = (*path.split("/", 2), "", "")[:3]
    flavour = FLAVOURS.get(name)
    for route in flavour.routes if flavour else ():
        match = route.path.fullmatch(f"/{rest}") if route.method == method else None
        if flavour and match:
            return flavour, route, {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
    return None


async def _say_not_found(exchange: Exchange) -> None:
    body = b'{"error":{"message":"The fake upstream has no such endpoint.","type":"invalid_request_error","code":null}}'
    await exchange.start(404, (("content-type", "application/json"),), length=len(body))
    await exchange.write(body)
    await exchange.end()

"""The server process: one event loop, one listening socket, and an orderly end."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any, Protocol, TypeVar, cast

import uvicorn
import uvloop
from starlette.types import ASGIApp

from chimera.bootstrap.protocol import BoundedProtocol
from chimera.bootstrap.settings import Settings
from chimera.conversations.sockets.bounds import FRAME_BYTES
from chimera.kit.errors import AppError, Kind

T = TypeVar("T")

# How long open answers may go on after the first signal, and then how long their readers have to hear of their end.
# Together less than the 30 s after which Kubernetes kills.
DRAIN_S = 20
PARTING_S = 2
# How often a WebSocket is asked whether its client lives, and for how long an answer is waited for.
PING_S = 20.0


class AddressTakenError(AppError):
    code = "address_taken"
    kind = Kind.UNAVAILABLE


def bind(settings: Settings) -> socket.socket:
    """Take the address before anything else is opened, so that a taken one costs nothing.

    Raises:
        AddressTakenError: if another program has it, or the machine has no such address.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it the second write of an answer waits 40 ms for the client's acknowledgement.
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        raise AddressTakenError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. {_todo(error)}"
        ) from error
    taken.set_inheritable(False)
    return taken


def _todo(error: OSError) -> str:
    match error.errno:
        case errno.EADDRNOTAVAIL:
            return "This machine has no such address; CHIMERA_HOST=0.0.0.0 listens on all that it has."
        case errno.EACCES:
            return "Ports under 1024 need a privilege; choose another: CHIMERA_PORT=8000."
        case _:
            return "Stop the program that uses it, or choose another port: CHIMERA_PORT=8001."


def address_of(listening: socket.socket) -> str:
    """Where a person on this machine reaches it, with the port that the system chose if it was asked to."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Tells when it listens. `should_exit` says whether it is stopping.

    Attributes:
        stopping: Set by the first signal.
        hurried: Set by the second.
    """

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self.stopping = asyncio.Event()
        self.hurried = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As told; uvicorn's own version heeds a second SIGINT, but no second SIGTERM."""
        if self.should_exit:
            self.force_exit = True
            self.hurried.set()
        self.should_exit = True
        self.stopping.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Begin to stop at the first SIGINT or SIGTERM, stop at once at the second.

        Uvicorn's own version raises the signal again when it is done, which would kill us before the house is closed.
        """
        loop, signals = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


def make_server(app: ASGIApp, on_listening: Callable[[], None], *, drain_s: int = DRAIN_S) -> Server:
    """A server that serves `app` until it is told to stop, and then waits `drain_s` for open answers."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws=cast("type[asyncio.Protocol]", _socket),
        ws_max_size=FRAME_BYTES,
        # Packing would cost each socket tens of kilobytes, and tell lengths of secrets beside others' text (BREACH).
        ws_per_message_deflate=False,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=drain_s + PARTING_S,
    )
    return Server(config, on_listening)


def _socket(**given: Any) -> asyncio.Protocol:
    """A WebSocket's protocol, made as uvicorn makes one of its class. Loaded with the first: it takes 2 MB."""
    made: asyncio.Protocol = import_module("chimera.bootstrap.parts.sockets.protocol").BoundedSocket(**given)
    return made


class Drained(Protocol):
    """What goes on writing when its readers have left: it ends first."""

    async def drain(self, *, grace_s: float, at_once: asyncio.Event | None = None) -> None: ...


async def serve_and_drain(
    server: Server, written: Drained, listening: socket.socket, *, drain_s: float = DRAIN_S
) -> None:
    """Serve until told to stop; then let running turns end, whether anybody reads them or not, for `drain_s` at most.

    Those that did not end by then, or by a second signal, are interrupted, and their readers hear of it.
    """

    async def drain() -> None:
        await server.stopping.wait()
        await written.drain(grace_s=drain_s, at_once=server.hurried)

    async with asyncio.TaskGroup() as group:
        draining = group.create_task(drain())
        await server.serve(sockets=[listening])
        if not server.stopping.is_set():
            draining.cancel()


def run(main: Coroutine[None, None, T]) -> T:
    """Run a command's coroutine on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)

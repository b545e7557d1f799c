"""The server process: one event loop, one listening socket, and an orderly end."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import TypeVar

import uvicorn
import uvloop
from starlette.types import ASGIApp

from chimera.bootstrap.settings import Settings
from chimera.kit.errors import AppError, Kind

T = TypeVar("T")

DRAIN_S = 20


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
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Stop the program that uses it, or choose another port: CHIMERA_PORT=8001."
        ) from error
    taken.set_inheritable(False)
    return taken


def address_of(listening: socket.socket) -> str:
    """Where a person on this machine reaches it, with the port that the system chose if it was asked to."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Tells when it listens. `should_exit` says whether it is stopping."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

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


def make_server(app: ASGIApp, on_listening: Callable[[], None]) -> Server:
    """A server that serves `app` until it is told to stop, and then waits `DRAIN_S` for open answers."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
    return Server(config, on_listening)


def run(main: Coroutine[None, None, T]) -> T:
    """Run a command's coroutine on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)

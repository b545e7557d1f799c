"""llama.cpp in a process of its own, which comes with the first request and goes when it has been idle.

A crash in it costs one answer, its memory is given back, and the event loop never waits for it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from chimera.adapters.providers.local.process import Running, Weights, end, spawn
from chimera.llm import ProviderConnectionError, ProviderModelNotFoundError, ProviderTimeoutError

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class LocalServer:
    """The one child and those who wait for it. `open_server` makes it and ends it.

    Attributes:
        provider: Name for errors.
        idle_stop_s: How long it stays without a request.
    """

    provider: str
    weights: Weights
    idle_stop_s: float
    start_timeout_s: float
    _running: Running | None = None
    _ended: list[Running] = field(default_factory=list[Running])
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0
    _timer: asyncio.TimerHandle | None = None
    _closed: bool = False

    @property
    def loaded(self) -> bool:
        return self._running is not None and self._running.alive

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Wait for our turn, in the order of asking: one thread answers one request at a time."""
        self._waiting += 1
        if self._timer is not None:
            self._timer.cancel()
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1
            if not self._waiting and not self._closed:
                self._timer = asyncio.get_running_loop().call_later(self.idle_stop_s, self._retire)

    async def ready(self) -> Running:
        """Return the running child, after starting it if there is none. Only inside `turn`.

        Raises:
            ProviderConnectionError: it died at once, or the house is closing.
            ProviderTimeoutError: it did not come up in time.
            ProviderModelNotFoundError: llama.cpp cannot load the file.
        """
        if self._running is not None and not self._running.alive:
            log.warning("local_model.died", status=self._running.status)
            self._retire()
        if self._closed:
            raise ProviderConnectionError("The local model is shut down.", provider=self.provider)
        if self._running is None:
            self._running = await self._start()
        return self._running

    async def close(self) -> None:
        """End the child and wait for its end."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._retire()
        await asyncio.gather(*(asyncio.to_thread(end, running) for running in self._ended))

    def _retire(self) -> None:
        if self._running is not None:
            self._running.release()
            self._ended = [*(running for running in self._ended if running.alive), self._running]
            self._running = None

    async def _start(self) -> Running:
        loop = asyncio.get_running_loop()
        began = loop.time()
        running = spawn(self.weights)
        try:
            async with asyncio.timeout(self.start_timeout_s):
                answer = await asyncio.to_thread(running.answer)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                f"The local model was not loaded within {self.start_timeout_s:g} s.", provider=self.provider
            ) from error
        finally:
            if not running.address:
                running.kill()
        if not answer:
            raise ProviderConnectionError(
                f"The local model's process ended at its start (status {running.status}).", provider=self.provider
            )
        if not running.address:
            raise ProviderModelNotFoundError(
                f"llama.cpp cannot load {self.weights.path.name}: {answer}", provider=self.provider
            )
        log.info("local_model.started", seconds=round(loop.time() - began, 2))
        return running


@asynccontextmanager
async def open_server(
    provider: str, weights: Weights, *, idle_stop_s: float, start_timeout_s: float
) -> AsyncGenerator[LocalServer, None]:
    """Yield the server; nothing is started before it is needed."""
    server = LocalServer(provider=provider, weights=weights, idle_stop_s=idle_stop_s, start_timeout_s=start_timeout_s)
    try:
        yield server
    finally:
        await server.close()

"""A receiver of webhooks: a real server on loopback that answers as it is told and remembers what it heard."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

PATIENCE_S = 10.0


@dataclass(slots=True, kw_only=True)
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Receiver:
    url: str = ""
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    text: str = "thanks"
    heard: list[Received] = field(default_factory=list)
    holds: asyncio.Event | None = None
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.Response:
        received = Received(headers=dict(request.headers), body=await request.read())
        async with self._came:
            self.heard.append(received)
            self._came.notify_all()
        if self.holds is not None:
            await self.holds.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text=self.text, headers=self.headers)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(condition)


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()

"""A token service that grants what it is told to grant, on loopback."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class TokenService:
    """Grants `token-1`, `token-2`, …; `status` other than 200 refuses, a closed `gate` keeps all waiting.

    Attributes:
        asked: The forms that came, with the `Authorization` header under `authorization`.
        arrivals: Released once for each form that came.
    """

    url: str = ""
    status: int = 200
    life_s: object = 3600
    body: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    arrivals: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def grant(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form | {"authorization": request.headers.get("Authorization", "")})
        self.arrivals.release()
        number = len(self.asked)
        await self.gate.wait()
        if self.body is not None:
            return web.Response(text=self.body)
        if self.status != 200:
            told = {"error": "invalid_client", "error_description": f"the secret {form.get('client_secret')} is wrong"}
            return web.json_response(told, status=self.status)
        return web.json_response({"access_token": f"token-{number}", "expires_in": self.life_s, "token_type": "Bearer"})


@asynccontextmanager
async def token_service() -> AsyncGenerator[TokenService, None]:
    service = TokenService()
    service.gate.set()
    app = web.Application()
    app.router.add_post("/{path:.*}", service.grant)
    async with TestServer(app) as server:
        service.url = str(server.make_url("/token"))
        yield service

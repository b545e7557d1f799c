"""The HTTP API of one replica on a real port, and a client that reads server-sent events."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from tests.conversations.house import House

from chimera.conversations.endpoints import router, shelves
from chimera.conversations.shelves.service import Shelves
from chimera.conversations.tree import endpoints as trees
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import require
from chimera.web import problems
from chimera.web.edge import Edge
from chimera.web.routers import join


def headers_of(scope: Scope) -> dict[str, str]:
    permissions = " ".join(sorted(scope.permissions))
    return {"x-tenant": str(scope.tenant_id), "x-actor": str(scope.actor_id), "x-permissions": permissions}


async def believe(connection: HTTPConnection) -> Scope:
    """Stands for `tenancy`, which is tested elsewhere."""
    tenant_id, actor_id = (UUID(connection.headers[name]) for name in ("x-tenant", "x-actor"))
    held = connection.headers["x-permissions"].split()
    return Scope(tenant_id=tenant_id, actor_id=actor_id, permissions=frozenset(held))


def application(house: House) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.state.authenticate = believe
    app.state.demand = require
    join(app.router, router(house.conversations, house.turns, house.readers))
    join(app.router, shelves.router(Shelves(database=house.database, bus=house.bus)))
    join(app.router, trees.router(house.asking, house.branches, house.conversations, house.readers))
    return app


@asynccontextmanager
async def client_of(house: House, scope: Scope) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client without a socket between: for everything that does not stream."""
    transport = httpx2.ASGITransport(app=Edge(application(house)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers_of(scope)) as client:
        yield client


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(house: House, scope: Scope) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of a real server on loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(Edge(application(house)), log_config=None, lifespan="off", ws="none"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            async with httpx2.AsyncClient(base_url=url, headers=headers_of(scope), timeout=20) as client:
                yield client
        finally:
            server.should_exit = True
            await running


@dataclass(frozen=True, slots=True)
class Frame:
    id: int
    event: str
    data: Any


async def frames(response: httpx2.Response) -> AsyncIterator[Frame]:
    """Read server-sent events, as a browser would; keep-alive comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}

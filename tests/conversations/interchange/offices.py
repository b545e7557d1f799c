"""Imports and exports of one server, over HTTP, without the rest of it."""

import io
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from tests.conversations.interchange.reading import BOUNDS, NOW
from tests.conversations.served import believe, headers_of

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.endpoints.conversations import router as conversations_router
from chimera.conversations.interchange.documents import ConversationDocument
from chimera.conversations.interchange.endpoints import router
from chimera.conversations.interchange.exporting import ConversationExports
from chimera.conversations.interchange.importing import Imports
from chimera.conversations.interchange.items import Bounds, Item, items
from chimera.conversations.keeping.holding import NoHolds
from chimera.conversations.service import Conversations
from chimera.conversations.tree import reading
from chimera.conversations.tree.branches import Branches
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.tenancy.permissions import require
from chimera.web import problems
from chimera.web.edge import Edge
from chimera.web.routers import join

IMPORT = "/api/v1/conversations/import"
EXPORT = "/api/v1/conversations/export"


class Recorded:
    """A trail of what was recorded."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        self.acts.append(act)


class Office:
    """One server's doors for conversations as files."""

    def __init__(self, database: Database, bounds: Bounds = BOUNDS) -> None:
        self.database = database
        self.trail = Recorded()
        self.imports = Imports(database=database, recorder=self.trail, clock=self.now, bounds=bounds)
        self.app = FastAPI()
        problems.install(self.app)
        self.app.state.authenticate = believe
        self.app.state.demand = require
        exports = ConversationExports(database=database, recorder=self.trail)
        join(self.app.router, router(exports, self.imports))
        conversations = Conversations(database=database, bus=MemoryBus(), holds=NoHolds(), clock=self.now)
        join(self.app.router, conversations_router(conversations))
        branches = Branches(database=database, bus=MemoryBus(), holds=NoHolds(), clock=self.now)
        join(self.app.router, reading.router(conversations, branches))

    def now(self) -> datetime:
        return NOW

    @asynccontextmanager
    async def visited(self, scope: Scope) -> AsyncGenerator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(app=Edge(self.app))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers_of(scope)) as http:
            yield http


async def bring(http: httpx2.AsyncClient, *values: Any, again: bool = False) -> dict[str, Any]:
    """Import an array of conversations."""
    return await bring_file(http, json.dumps(values).encode(), again=again)


async def bring_file(http: httpx2.AsyncClient, content: bytes, *, again: bool = False) -> dict[str, Any]:
    answer = await http.post(IMPORT, content=content, params={"again": again})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def documents(http: httpx2.AsyncClient) -> list[ConversationDocument]:
    """All that the caller has, as the lossless export tells it."""
    content = (await http.get(EXPORT)).content
    found = list(items(io.BytesIO(content), BOUNDS, NOW))
    assert all(isinstance(one, Item) for one in found), found
    return [one.read.document for one in found if isinstance(one, Item)]


def counts(told: dict[str, Any]) -> dict[str, int]:
    """What of an answer is not nothing."""
    return {name: told[name] for name in ("made", "extended", "unchanged", "deleted", "failed") if told[name]}

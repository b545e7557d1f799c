"""Replicas that show what is shared: two of them have nothing in common but the database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from tests.conversations.served import believe, headers_of

from chimera.adapters.rate_limiters.memory import MemoryLimiter
from chimera.conversations.encoding import encode_parts
from chimera.conversations.repository import KeptConversations
from chimera.conversations.shares import endpoints
from chimera.conversations.shares.copying import SharedCopies
from chimera.conversations.shares.making import Shares
from chimera.conversations.shares.viewing import SharedViews
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.conversations.tree.repository import Trees
from chimera.gateway.limits.strangers import Strangers
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.llm import Part
from chimera.policies.service import Policies
from chimera.store import Database, Transaction
from chimera.tenancy.errors import UnauthenticatedError
from chimera.tenancy.permissions import require
from chimera.web import problems
from chimera.web.edge import Edge
from chimera.web.routers import join

NOW = datetime(2030, 1, 1, tzinfo=UTC)


async def believe_or_refuse(connection: HTTPConnection) -> Scope:
    if "x-tenant" not in connection.headers:
        raise UnauthenticatedError("Who are you?")
    return await believe(connection)


@dataclass(slots=True)
class Records:
    """A recorder and a trail in one."""

    told: list[tuple[str, Scope]] = field(default_factory=list[tuple[str, Scope]])

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        self.note(scope, act)

    def note(self, scope: Scope, act: Act) -> None:
        self.told.append((act.name, scope))


@dataclass(slots=True)
class Office:
    """One replica.

    Attributes:
        shut_out: Who may do nothing any more.
    """

    database: Database
    now: datetime = NOW
    a_minute: int = 1000
    records: Records = field(default_factory=Records)
    shut_out: set[object] = field(default_factory=set[object])
    policies: Policies = field(init=False)
    app: Edge = field(init=False)

    def __post_init__(self) -> None:
        self.policies = Policies(database=self.database)
        shares = Shares(database=self.database, policies=self.policies, recorder=self.records, clock=lambda: self.now)
        views = SharedViews(
            shares=shares, acting=self._acting, name_of=self._name_of, trail=self.records, refused_after_s=0.01
        )
        copies = SharedCopies(database=self.database, views=views, clock=lambda: self.now)
        app = FastAPI()
        problems.install(app)
        app.state.authenticate = believe_or_refuse
        app.state.demand = require
        strangers = Strangers(limiter=MemoryLimiter(), a_minute=self.a_minute)
        join(app.router, endpoints.router(shares, views, copies, strangers))
        self.app = Edge(app)

    async def _acting(self, scope: Scope) -> Scope | None:
        return None if scope.actor_id in self.shut_out else scope

    async def _name_of(self, scope: Scope) -> str:
        return "Ada"

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    @asynccontextmanager
    async def client(self, scope: Scope | None = None) -> AsyncGenerator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(app=self.app)
        headers = headers_of(scope) if scope else {}
        async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield client


@dataclass(frozen=True, slots=True)
class Said:
    """A conversation with a path of messages, and others beside it."""

    conversation_id: str
    leaf_id: str
    shares: str


async def say(database: Database, scope: Scope, *path: tuple[Part, ...], **settings: Any) -> Said:
    """Keep a conversation: a question, an answer, and so on; each has a sibling that says `beside the path`."""
    conversation = ConversationRow(id=new_id(), owner_id=scope.actor_id, **{"title": "Skies", **settings})
    rows: list[MessageRow] = []
    parent_id = None
    for number, parts in enumerate(path):
        more = {"model": "test/model", "cost_nusd": 1_230_000} if number % 2 else {}
        row = MessageRow(
            id=new_id(),
            conversation_id=conversation.id,
            parent_id=parent_id,
            turn_id=new_id(),
            role="assistant" if number % 2 else "user",
            parts=encode_parts(parts),
            status="complete",
            **more,
        )
        rows.append(row)
        parent_id = row.id
    conversation.leaf_id = parent_id
    async with database.transaction(scope) as tx:
        await KeptConversations(tx, scope).add(conversation)
        await Trees(tx, scope).add_all(rows)
    return Said(str(conversation.id), str(parent_id), f"/api/v1/conversations/{conversation.id}/shares")


async def beside(database: Database, scope: Scope, said: Said, *paths: tuple[Part, ...]) -> None:
    """Say something else in the same conversation, under its first message and before all."""
    async with database.transaction(scope) as tx:
        conversation = await KeptConversations(tx, scope).found(UUID(said.conversation_id))
        nodes = await Trees(tx, scope).nodes(conversation.id)
        root = next(node for node in nodes if node.parent_id is None)
        rows = [
            MessageRow(
                id=new_id(),
                conversation_id=conversation.id,
                parent_id=root.id if number % 2 else None,
                turn_id=new_id(),
                role="assistant" if number % 2 else "user",
                parts=encode_parts(parts),
                status="complete",
            )
            for number, parts in enumerate(paths)
        ]
        await Trees(tx, scope).add_all(rows)

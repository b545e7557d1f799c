"""People whose conversations are searched, kept as turns would keep them."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from tests.conversations.house import Tasks
from tests.conversations.served import believe, headers_of

from chimera.conversations.encoding import encode_parts
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.search.endpoints import router
from chimera.conversations.search.indexing import Indexing
from chimera.conversations.search.service import Searching
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.store import Database
from chimera.tenancy.permissions import require
from chimera.web import problems
from chimera.web.routers import join

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Library:
    """What people said, and who searches it."""

    database: Database
    tasks: Tasks
    indexing: Indexing = field(init=False)
    searching: Searching = field(init=False)

    def __post_init__(self) -> None:
        self.indexing = Indexing(database=self.database, spawn=self.tasks.spawn)
        self.searching = Searching(database=self.database, indexing=self.indexing, clock=utc_now)

    async def talk(
        self,
        scope: Scope,
        texts: Sequence[str],
        *,
        title: str = "",
        begun: datetime = LONG_AGO,
        status: str = "complete",
        apart: timedelta = timedelta(minutes=1),
    ) -> tuple[UUID, list[UUID]]:
        """Keep a conversation in which person and model speak by turns, so far apart; ids of it and its messages."""
        conversation = ConversationRow(id=new_id(), owner_id=scope.actor_id, title=title, created_at=begun)
        rows = [
            MessageRow(
                id=new_id(),
                conversation_id=conversation.id,
                turn_id=new_id(),
                role="assistant" if number % 2 else "user",
                model="openai/gpt-5" if number % 2 else None,
                parts=encode_parts((Text(text=text),)),
                status=status,
                created_at=begun + apart * number,
            )
            for number, text in enumerate(texts)
        ]
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).add(conversation)
            for row in rows:
                row.tenant_id = scope.tenant_id
            tx.add_all(rows)
        return conversation.id, [row.id for row in rows]

    async def remove(self, scope: Scope, conversation_id: UUID) -> None:
        async with self.database.transaction(scope) as tx:
            await KeptMessages(tx, scope).remove_all(conversation_id)
            await KeptConversations(tx, scope).delete(conversation_id)

    async def rename(self, scope: Scope, conversation_id: UUID, title: str) -> None:
        async with self.database.transaction(scope) as tx:
            (await KeptConversations(tx, scope).found(conversation_id)).title = title

    @asynccontextmanager
    async def asked_by(self, scope: Scope) -> AsyncGenerator[Callable[..., Coroutine[None, None, dict[str, Any]]]]:
        """A function that searches over HTTP and gives the page."""
        app = FastAPI()
        problems.install(app)
        app.state.authenticate, app.state.demand = believe, require
        join(app.router, router(self.searching))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers_of(scope)) as http:

            async def search(q: str, **more: object) -> dict[str, Any]:
                answer = await http.get("/api/v1/search", params={"q": q, **more})
                return {"status": answer.status_code, **answer.json()}

            yield search


def shown(page: dict[str, Any]) -> list[str]:
    return [hit["snippet"]["text"] for hit in page["data"]]


def marked(hit: dict[str, Any]) -> list[str]:
    return [hit["snippet"]["text"][mark["begin"] : mark["end"]] for mark in hit["snippet"]["marks"]]

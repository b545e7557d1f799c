"""Queries of requests about data, and of legal holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_

from chimera.conversations.keeping.holding import Bound
from chimera.privacy.tables import DataRequestRow, LegalHoldRow
from chimera.store import Page, Repository, SystemRepository

_TOLD: Final = 10
RUNNING, DONE, STOPPED = "running", "done", "stopped"
ERASURE, EXPORT = "erasure", "export"


class KeptRequests(Repository[DataRequestRow]):
    table = DataRequestRow

    async def recent(self, *, kind: str, cursor: str | None, limit: int) -> Page[DataRequestRow]:
        query = self.mine().where(DataRequestRow.kind == kind)
        return await self.page(query, by=DataRequestRow.created_at, cursor=cursor, limit=limit)

    async def running_of(self, user_id: UUID) -> DataRequestRow | None:
        query = self.mine().where(
            DataRequestRow.kind == ERASURE, DataRequestRow.user_id == user_id, DataRequestRow.state == RUNNING
        )
        return (await self._tx.scalars(query.limit(1))).first()

    async def go_on(self, id: UUID, *, counts: Mapping[str, int], due_at: datetime) -> bool:
        """Note what was done so far, and that somebody is at it; false if the request does not run any more."""
        running = self.changing().where(DataRequestRow.id == id, DataRequestRow.state == RUNNING)
        return await self.run(running.values(counts=dict(counts), due_at=due_at)) > 0

    async def finish(self, id: UUID, **values: object) -> bool:
        running = self.changing().where(DataRequestRow.id == id, DataRequestRow.state == RUNNING)
        return await self.run(running.values(**values)) > 0


class AllRequests(SystemRepository[DataRequestRow]):
    table = DataRequestRow

    async def due(self, moment: datetime, *, limit: int) -> Sequence[DataRequestRow]:
        query = self.every().where(
            DataRequestRow.kind == ERASURE, DataRequestRow.state == RUNNING, DataRequestRow.due_at <= moment
        )
        return list(await self._tx.scalars(query.order_by(DataRequestRow.due_at).limit(limit)))

    async def take(self, row: DataRequestRow, until: datetime) -> bool:
        """Lead it on until then, or leave it to whoever was quicker."""
        same = self.changing().where(
            DataRequestRow.id == row.id, DataRequestRow.state == RUNNING, DataRequestRow.due_at == row.due_at
        )
        return await self.run(same.values(due_at=until)) > 0


class KeptHolds(Repository[LegalHoldRow]):
    table = LegalHoldRow

    async def all(self) -> Sequence[LegalHoldRow]:
        """Newest first, released ones among them."""
        return list(await self._tx.scalars(self.mine().order_by(LegalHoldRow.id.desc()).limit(1000)))

    async def standing(self) -> Sequence[LegalHoldRow]:
        """Some of those that are not released."""
        query = self.mine().where(LegalHoldRow.released_at.is_(None)).order_by(LegalHoldRow.id).limit(_TOLD)
        return list(await self._tx.scalars(query))

    async def binds(self, user_id: UUID) -> bool:
        """Whether one stands that binds this user, or a conversation of theirs, or everybody."""
        whom = or_(LegalHoldRow.user_id == user_id, LegalHoldRow.user_id.is_(None))
        return await self.count(self.mine().where(LegalHoldRow.released_at.is_(None), whom)) > 0

    async def bound(self) -> Bound:
        """All that is bound."""
        columns = (LegalHoldRow.user_id, LegalHoldRow.conversation_id)
        query = self.mine().where(LegalHoldRow.released_at.is_(None)).with_only_columns(*columns)
        standing = [tuple(row) for row in await self._tx.execute(query)]
        return Bound(
            everything=(None, None) in standing,
            people=frozenset(user for user, conversation in standing if user is not None and conversation is None),
            conversations=frozenset(conversation for _, conversation in standing if conversation is not None),
        )

    async def release(self, id: UUID, moment: datetime) -> bool:
        standing = self.changing().where(LegalHoldRow.id == id, LegalHoldRow.released_at.is_(None))
        return await self.run(standing.values(released_at=moment)) > 0

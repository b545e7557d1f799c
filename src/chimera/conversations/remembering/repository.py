"""Every query of this package. All are the caller's own: what a colleague has is not found."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_

from chimera.conversations.memory.fact import Fact
from chimera.conversations.memory.merging import Ending
from chimera.conversations.remembering.encoding import encode_about, fact_of
from chimera.conversations.remembering.errors import MemoryNotFoundError
from chimera.conversations.remembering.tables import (
    ConversationMemoryRow,
    MemoryEvidenceRow,
    MemoryRow,
    MemorySettingsRow,
)
from chimera.conversations.repository import KeptConversations
from chimera.store import Page, Repository

_LOT: Final = 500


class KeptSettings(Repository[MemorySettingsRow]):
    table = MemorySettingsRow

    async def own(self) -> MemorySettingsRow | None:
        """The caller's; `None` where they decided nothing and nothing was ever remembered."""
        return await self.get(self._scope.actor_id)

    async def changing_what_is_kept(self) -> int:
        """Begin to change what is remembered: others of the same person wait for this transaction's end.

        Returns the number of the change.
        """
        await self.begun()
        mine = self.changing().where(MemorySettingsRow.id == self._scope.actor_id)
        raised = mine.values(revision=MemorySettingsRow.revision + 1).returning(MemorySettingsRow.revision)
        return (await self._tx.execute(raised)).scalar_one()

    async def begun(self) -> MemorySettingsRow:
        """The caller's, made where there were none."""
        await self.add_if_absent(MemorySettingsRow(id=self._scope.actor_id, learning="all", revision=0, mark="kept"))
        row = await self.own()
        assert row is not None, "it was made just now"
        return row


class KeptMemories(Repository[MemoryRow]):
    table = MemoryRow

    def mine(self) -> Select[MemoryRow]:
        return super().mine().where(MemoryRow.owner_id == self._scope.actor_id)

    async def found(self, id: UUID) -> MemoryRow:
        """Raises MemoryNotFoundError, also when it is another's."""
        row = await self.get(id)
        if row is None:
            raise MemoryNotFoundError("There is no such memory.")
        return row

    async def some(self, ids: Collection[UUID]) -> list[MemoryRow]:
        return list(await self._tx.scalars(self.mine().where(MemoryRow.id.in_(ids))))

    async def ids(self) -> set[UUID]:
        return set(await self._tx.scalars(self.mine().with_only_columns(MemoryRow.id)))

    async def changed_since(self, revision: int, *, after: UUID | None, limit: int) -> list[MemoryRow]:
        """Those that were changed after a change, in the order of their ids."""
        query = self.mine().where(MemoryRow.revision > revision)
        if after is not None:
            query = query.where(MemoryRow.id > after)
        return list(await self._tx.scalars(query.order_by(MemoryRow.id).limit(limit)))

    async def all(self) -> list[Fact]:
        """Everything that is known of the caller, also what holds no longer."""
        found, after = list[Fact](), None
        while rows := await self.changed_since(-1, after=after, limit=_LOT):
            found += [fact_of(row) for row in rows]
            after = rows[-1].id
            await asyncio.sleep(0)  # opening thousands of facts must hold nobody up
        return found

    async def latest(self, limit: int) -> list[Fact]:
        """Those that were said last."""
        query = self.mine().order_by(MemoryRow.said_at.desc(), MemoryRow.id).limit(limit)
        return [fact_of(row) for row in await self._tx.scalars(query)]

    async def keep(self, fact: Fact, *, replaced_by: UUID | None = None) -> MemoryRow:
        row = MemoryRow(
            id=fact.id,
            owner_id=self._scope.actor_id,
            statement=fact.statement,
            about=encode_about(fact.about),
            kind=fact.kind.value,
            source=fact.source,
            confidence=fact.confidence,
            said_at=fact.said_at,
            valid_from=fact.valid_from,
            valid_until=fact.valid_until,
            replaced_by=replaced_by,
            revision=fact.revision,
        )
        return await self.add(row)

    async def end(self, ending: Ending, *, revision: int) -> None:
        values = {"valid_until": ending.valid_until, "replaced_by": ending.replaced_by, "revision": revision}
        await self.run(self.changing().where(MemoryRow.id == ending.id).values(**values))

    async def said_again(self, fact: Fact, moment: datetime, *, revision: int) -> None:
        values = {"said_at": max(fact.said_at, moment), "revision": revision}
        await self.run(self.changing().where(MemoryRow.id == fact.id).values(**values))

    async def mean(self, id: UUID, statement: str, vectors: bytes, *, revision: int) -> None:
        """Keep what a statement means, unless it says something else by now."""
        row = await self.get(id)
        if row is not None and row.statement == statement:
            row.vectors, row.revision = vectors, revision

    async def newest(
        self, *, kinds: Collection[str], holding_at: datetime | None, cursor: str | None, limit: int
    ) -> Page[MemoryRow]:
        """Raises InvalidRequestError: if the cursor is none of ours."""
        query = self.mine()
        if kinds:
            query = query.where(MemoryRow.kind.in_(kinds))
        if holding_at is not None:
            query = query.where(or_(MemoryRow.valid_until.is_(None), MemoryRow.valid_until > holding_at))
        return await self.page(query, by=MemoryRow.said_at, cursor=cursor, limit=limit)

    async def forget_all(self, ids: Collection[UUID] | None = None) -> int:
        """Delete what is remembered of the caller, or these of it, with its evidence; tell how much that was."""
        statement = self.removing().where(MemoryRow.owner_id == self._scope.actor_id)
        return await self.run(statement if ids is None else statement.where(MemoryRow.id.in_(ids)))


class KeptEvidence(Repository[MemoryEvidenceRow]):
    """Whose it is, the memory says that is looked up before."""

    table = MemoryEvidenceRow

    async def of(self, memory_ids: Collection[UUID]) -> dict[UUID, list[MemoryEvidenceRow]]:
        query = self.mine().where(MemoryEvidenceRow.id.in_(memory_ids)).order_by(MemoryEvidenceRow.message_id)
        found: dict[UUID, list[MemoryEvidenceRow]] = {one: [] for one in memory_ids}
        for row in await self._tx.scalars(query):
            found[row.id].append(row)
        return found

    async def learned_in(self, conversation_id: UUID) -> set[UUID]:
        """Memories for which something was said in a conversation, and nothing elsewhere."""
        here = MemoryEvidenceRow.conversation_id == conversation_id
        said = set(await self._tx.scalars(self.mine().where(here).with_only_columns(MemoryEvidenceRow.id)))
        elsewhere = self.mine().where(MemoryEvidenceRow.id.in_(said), ~here).with_only_columns(MemoryEvidenceRow.id)
        return said - set(await self._tx.scalars(elsewhere))


class ExceptedConversations(Repository[ConversationMemoryRow]):
    """Whose they are, the conversation says that is looked up before."""

    table = ConversationMemoryRow

    async def is_excepted(self, conversation_id: UUID) -> bool:
        """Whether its owner wants so, or it is kept for a short time only."""
        row = await self.get(conversation_id)
        if row is not None and not row.enabled:
            return True
        conversation = await KeptConversations(self._tx, self._scope).get(conversation_id)
        return conversation is not None and conversation.temporary

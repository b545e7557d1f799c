"""Queries of sockets: what is new in conversations, whoever looks at them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from chimera.conversations.repository import KeptTurns
from chimera.conversations.states import TurnStatus
from chimera.conversations.tables import ConversationRow, TurnRow
from chimera.store import Repository


class Heads(Repository[ConversationRow]):
    """The ends of a tenant's conversations, for rooms whose people were let in before."""

    table = ConversationRow

    async def of(self, ids: Collection[UUID]) -> dict[UUID, UUID | None]:
        """The last message of each conversation that is there."""
        query = self.mine().with_only_columns(ConversationRow.id, ConversationRow.leaf_id)
        return {row[0]: row[1] for row in await self._tx.execute(query.where(ConversationRow.id.in_(ids)))}


class TurnsInOrder(KeptTurns):
    """The caller's turns in a conversation, one after the other."""

    async def last(self, conversation_id: UUID) -> UUID | None:
        query = self._ids(conversation_id).order_by(TurnRow.id.desc()).limit(1)
        return (await self._tx.scalars(query)).one_or_none()

    async def running_in(self, conversation_id: UUID) -> Sequence[UUID]:
        return list(await self._tx.scalars(self._ids(conversation_id).where(TurnRow.status == TurnStatus.RUNNING)))

    async def among(self, conversation_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        """Those that are turns of the conversation."""
        return set(await self._tx.scalars(self._ids(conversation_id).where(TurnRow.id.in_(ids))))

    async def next(self, conversation_id: UUID, after: UUID | None) -> tuple[UUID, str] | None:
        """The turn that follows one, the first of all if none is given; and how it stands."""
        query = self._ids(conversation_id).add_columns(TurnRow.status)
        if after is not None:
            query = query.where(TurnRow.id > after)
        found = (await self._tx.execute(query.order_by(TurnRow.id).limit(1))).one_or_none()
        return None if found is None else (found[0], found[1])

    def _ids(self, conversation_id: UUID) -> Select[Any]:
        return self.mine().where(TurnRow.conversation_id == conversation_id).with_only_columns(TurnRow.id)

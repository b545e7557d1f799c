"""Queries over whole trees."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import load_only, undefer

from chimera.conversations.tables import MessageRow, TurnRow
from chimera.conversations.tree.shape import Node
from chimera.store import Page, Repository

_LOT: Final = 500


class Trees(Repository[MessageRow]):
    table = MessageRow

    async def nodes(self, conversation_id: UUID) -> list[Node]:
        """Where each message of a conversation stands."""
        query = self.mine().where(MessageRow.conversation_id == conversation_id)
        columns = query.with_only_columns(
            MessageRow.id, MessageRow.parent_id, MessageRow.turn_id, MessageRow.created_at
        )
        return [Node(*row) for row in await self._tx.execute(columns)]

    async def light(self, conversation_id: UUID, *, cursor: str | None, limit: int) -> Page[MessageRow]:
        """Messages of all branches with little of what is kept with them, the newest first."""
        kept = (
            MessageRow.parent_id,
            MessageRow.role,
            MessageRow.status,
            MessageRow.model,
            MessageRow.pinned,
            MessageRow.parts,
            MessageRow.created_at,
        )
        query = self.mine().where(MessageRow.conversation_id == conversation_id).options(load_only(*kept))
        return await self.page(query, by=MessageRow.created_at, cursor=cursor, limit=limit)

    async def whole(self, ids: Sequence[UUID]) -> dict[UUID, MessageRow]:
        """Messages with all that is kept with them."""
        found: dict[UUID, MessageRow] = {}
        for lot in _lots(ids):
            query = self.mine().where(MessageRow.id.in_(lot)).options(undefer(MessageRow.vectors))
            found |= {row.id: row for row in await self._tx.scalars(query)}
        return found

    async def add_all(self, rows: Sequence[MessageRow]) -> None:
        for row in rows:
            row.tenant_id = self._scope.tenant_id
        self._tx.add_all(rows)
        await self._tx.flush()

    async def remove(self, ids: Sequence[UUID]) -> None:
        for lot in _lots(ids):
            await self.run(self.removing().where(MessageRow.id.in_(lot)))


class TurnsOfTrees(Repository[TurnRow]):
    table = TurnRow

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Delete turns and, by the foreign key, their journals."""
        for lot in _lots(ids):
            await self.run(self.removing().where(TurnRow.id.in_(lot)))


def _lots(ids: Sequence[UUID]) -> Sequence[Sequence[UUID]]:
    """So many as a statement may name."""
    return [ids[begin : begin + _LOT] for begin in range(0, len(ids), _LOT)]

"""Every query of this package."""

from collections.abc import Collection, Iterable
from itertools import islice
from uuid import UUID

from sqlalchemy import Select

from chimera.conversations.interchange.tables import ConversationImportRow
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.tables import MessageRow
from chimera.store import Repository

_LOT = 200


class OwnConversations(KeptConversations):
    """The caller's, in the order in which they were made."""

    async def after(self, after: UUID | None, *, limit: int, only: Collection[UUID] = ()) -> list[UUID]:
        """Ids of all, or of these."""
        table = self._table
        query = self.mine() if after is None else self.mine().where(table.id > after)
        if only:
            query = query.where(table.id.in_(only))
        return list(await self._tx.scalars(query.order_by(table.id).limit(limit).with_only_columns(table.id)))


class WholeConversations(KeptMessages):
    """All branches of a conversation; whose it is was looked up before."""

    async def all(self, conversation_id: UUID) -> list[MessageRow]:
        query = self._of(conversation_id).order_by(MessageRow.created_at, MessageRow.id)
        return list(await self._tx.scalars(query))

    async def ids(self, conversation_id: UUID) -> set[UUID]:
        return set(await self._tx.scalars(self._of(conversation_id).with_only_columns(MessageRow.id)))

    async def put(self, rows: Iterable[MessageRow]) -> int:
        """Keep new rows, some at a time: others get their turn in between. Returns how many there were."""
        count, left = 0, iter(rows)
        while lot := list(islice(left, _LOT)):
            for row in lot:
                row.tenant_id = self._scope.tenant_id
            self._tx.add_all(lot)
            await self._tx.flush()
            count += len(lot)
        return count

    def _of(self, conversation_id: UUID) -> Select[MessageRow]:
        return self.mine().where(MessageRow.conversation_id == conversation_id)


class KeptImports(Repository[ConversationImportRow]):
    """What the caller took in."""

    table = ConversationImportRow

    def mine(self) -> Select[ConversationImportRow]:
        return super().mine().where(ConversationImportRow.owner_id == self._scope.actor_id)

    async def of(self, origin: str) -> ConversationImportRow | None:
        """Locked, until the transaction ends."""
        query = self.mine().where(ConversationImportRow.origin == origin).with_for_update()
        return (await self._tx.scalars(query)).one_or_none()

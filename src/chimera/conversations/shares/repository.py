"""Queries of shares: a person's own, the organisation's, and across organisations by the hash of a link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import undefer

from chimera.conversations.shares.errors import ShareNotFoundError
from chimera.conversations.shares.tables import ShareRow
from chimera.store import Page, Repository, SystemRepository

GONE = "There is no such link, or it is over."


class TenantShares(Repository[ShareRow]):
    """Of everybody in the organisation; what is sealed stays so."""

    table = ShareRow

    async def recent(self, *, cursor: str | None, limit: int) -> Page[ShareRow]:
        return await self.page(self.mine(), by=ShareRow.created_at, cursor=cursor, limit=limit)

    async def viewed(self, id: UUID, now: datetime) -> None:
        one_more = {"views": ShareRow.views + 1, "last_viewed_at": now}
        await self.run(self.changing().where(ShareRow.id == id).values(one_more))

    async def whole(self, id: UUID) -> ShareRow | None:
        """With what is sealed; `None` if it was revoked."""
        return (await self._tx.scalars(self.mine().where(ShareRow.id == id).options(undefer(ShareRow.frozen)))).first()


class KeptShares(Repository[ShareRow]):
    """The caller's own, with their links."""

    table = ShareRow

    def mine(self) -> Select[ShareRow]:
        return super().mine().where(ShareRow.owner_id == self._scope.actor_id).options(undefer(ShareRow.frozen))

    async def recent(self, *, cursor: str | None, limit: int) -> Page[ShareRow]:
        return await self.page(self.mine(), by=ShareRow.created_at, cursor=cursor, limit=limit)

    async def found(self, id: UUID, conversation_id: UUID) -> ShareRow:
        """Raises ShareNotFoundError, also when it is another's or of another conversation."""
        query = self.mine().where(ShareRow.id == id, ShareRow.conversation_id == conversation_id)
        row = (await self._tx.scalars(query)).one_or_none()
        if row is None:
            raise ShareNotFoundError(GONE)
        return row

    async def of(self, conversation_id: UUID) -> list[ShareRow]:
        """The newest first."""
        query = self.mine().where(ShareRow.conversation_id == conversation_id)
        return list(await self._tx.scalars(query.order_by(ShareRow.created_at.desc(), ShareRow.id.desc())))


class AllShares(SystemRepository[ShareRow]):
    """Of every organisation, without what is sealed."""

    table = ShareRow

    async def by_hash(self, token_hash: str) -> ShareRow | None:
        return (await self._tx.scalars(self.every().where(ShareRow.token_hash == token_hash))).one_or_none()

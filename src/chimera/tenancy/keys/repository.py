"""Queries of API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from chimera.store import Repository, SystemRepository
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import let_in
from chimera.tenancy.tables import UserRow


class ApiKeys(Repository[ApiKeyRow]):
    table = ApiKeyRow

    async def active(self) -> Sequence[ApiKeyRow]:
        """Keys that were not revoked, oldest first."""
        return list(await self._tx.scalars(self.mine().where(ApiKeyRow.revoked_at.is_(None)).order_by(ApiKeyRow.id)))

    async def revoke(self, id: UUID, moment: datetime) -> bool:
        statement = self.changing().where(ApiKeyRow.id == id, ApiKeyRow.revoked_at.is_(None))
        return await self.run(statement.values(revoked_at=moment)) > 0


class AllApiKeys(SystemRepository[ApiKeyRow]):
    table = ApiKeyRow

    async def by_hash(self, secret_hash: str) -> tuple[ApiKeyRow, UserRow] | None:
        """The key of this secret, now or before its rotation, and whom it acts for, unless they are shut out."""
        query = let_in(self.every().join(UserRow, _same_person())).add_columns(UserRow)
        is_meant = or_(ApiKeyRow.secret_hash == secret_hash, ApiKeyRow.former_hash == secret_hash)
        found = (await self._tx.execute(query.where(is_meant))).first()
        return None if found is None else (found[0], found[1])

    async def of(self, user: UserRow, id: UUID) -> ApiKeyRow | None:
        theirs = self.every().where(ApiKeyRow.tenant_id == user.tenant_id, ApiKeyRow.user_id == user.id)
        return (await self._tx.scalars(theirs.where(ApiKeyRow.id == id))).one_or_none()

    async def used(self, id: UUID, moment: datetime) -> int:
        return await self.run(self.changing().where(ApiKeyRow.id == id).values(last_used_at=moment))


def _same_person() -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == ApiKeyRow.tenant_id, UserRow.id == ApiKeyRow.user_id)

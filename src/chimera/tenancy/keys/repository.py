"""Queries of API keys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_

from chimera.store import Repository, SystemRepository
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import let_in
from chimera.tenancy.tables import UserRow


class ApiKeys(Repository[ApiKeyRow]):
    table = ApiKeyRow

    def active(self, *, prefix: str | None = None, user_id: UUID | None = None) -> Select[ApiKeyRow]:
        """Keys that were not revoked: those that begin so, or act for this user."""
        query = self.mine().where(ApiKeyRow.revoked_at.is_(None))
        if prefix:
            query = query.where(ApiKeyRow.prefix.startswith(prefix, autoescape=True))
        return query if user_id is None else query.where(ApiKeyRow.user_id == user_id)

    async def locked(self, id: UUID) -> ApiKeyRow | None:
        """The key, which nobody else changes until the transaction ends."""
        return (await self._tx.scalars(self.mine().where(ApiKeyRow.id == id).with_for_update())).one_or_none()

    async def held(self, id: UUID) -> ApiKeyRow | None:
        """The key as it is, and stays until the transaction ends; others may hold it as well."""
        query = self.mine().where(ApiKeyRow.id == id)
        return (await self._tx.scalars(query.with_for_update(read=True))).one_or_none()

    async def revoke(self, id: UUID, moment: datetime) -> Sequence[UUID]:
        """Revoke a key, all that were made with it, and all that were made with those; return which."""
        revoked, next_ones = list[UUID](), [id]
        while next_ones:
            is_next = and_(ApiKeyRow.id.in_(next_ones), ApiKeyRow.revoked_at.is_(None))
            await self.run(self.changing().where(is_next).values(revoked_at=moment))
            revoked += next_ones
            made = self.mine().where(ApiKeyRow.made_by_key.in_(next_ones), ApiKeyRow.revoked_at.is_(None))
            next_ones = list(await self._tx.scalars(made.with_only_columns(ApiKeyRow.id)))
        return revoked


class AllApiKeys(SystemRepository[ApiKeyRow]):
    table = ApiKeyRow

    async def by_hash(self, secret_hash: str) -> tuple[ApiKeyRow, UserRow] | None:
        """The key of this secret, now or before its rotation, and whom it acts for, unless they are shut out."""
        query = let_in(self.every().join(UserRow, _same_person())).add_columns(UserRow)
        is_meant = or_(ApiKeyRow.secret_hash == secret_hash, ApiKeyRow.former_hash == secret_hash)
        found = (await self._tx.execute(query.where(is_meant))).first()
        return None if found is None else (found[0], found[1])

    async def of_hashes(self, hashes: Collection[str]) -> Sequence[ApiKeyRow]:
        """The keys of these secrets, also those that are good no more."""
        is_meant = or_(ApiKeyRow.secret_hash.in_(hashes), ApiKeyRow.former_hash.in_(hashes))
        return list(await self._tx.scalars(self.every().where(is_meant)))

    async def of(self, user: UserRow, id: UUID) -> ApiKeyRow | None:
        theirs = self.every().where(ApiKeyRow.tenant_id == user.tenant_id, ApiKeyRow.user_id == user.id)
        return (await self._tx.scalars(theirs.where(ApiKeyRow.id == id))).one_or_none()

    async def makers(self, key: ApiKeyRow) -> Sequence[ApiKeyRow]:
        """The key with which it was made, the one with which that was made, and so on; mostly none."""
        found, made_by = list[ApiKeyRow](), key.made_by_key
        while made_by is not None:
            theirs = self.every().where(ApiKeyRow.tenant_id == key.tenant_id, ApiKeyRow.id == made_by)
            maker = (await self._tx.scalars(theirs)).one_or_none()
            if maker is None:
                break
            found.append(maker)
            made_by = maker.made_by_key
        return found

    async def used(self, id: UUID, moment: datetime) -> int:
        return await self.run(self.changing().where(ApiKeyRow.id == id).values(last_used_at=moment))


def _same_person() -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == ApiKeyRow.tenant_id, UserRow.id == ApiKeyRow.user_id)

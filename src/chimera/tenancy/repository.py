"""Every query of this package: of one tenant, and across tenants for finding out who somebody is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from chimera.store import Repository, SystemRepository
from chimera.tenancy.tables import ApiKeyRow, AttemptRow, InstallationRow, SessionRow, TenantRow, UserRow


class Users(Repository[UserRow]):
    table = UserRow


class Sessions(Repository[SessionRow]):
    table = SessionRow

    async def end(self, *, user_id: UUID, but: str | None = None) -> int:
        """End the sessions of a person, all but the one whose token has the hash `but`."""
        statement = self.removing().where(SessionRow.user_id == user_id)
        return await self.run(statement if but is None else statement.where(SessionRow.token_hash != but))


class ApiKeys(Repository[ApiKeyRow]):
    table = ApiKeyRow

    async def active(self) -> Sequence[ApiKeyRow]:
        """Keys that were not revoked, oldest first."""
        return list(await self._tx.scalars(self.mine().where(ApiKeyRow.revoked_at.is_(None)).order_by(ApiKeyRow.id)))

    async def revoke(self, id: UUID, moment: datetime) -> bool:
        statement = self.changing().where(ApiKeyRow.id == id, ApiKeyRow.revoked_at.is_(None))
        return await self.run(statement.values(revoked_at=moment)) > 0


class Installations(SystemRepository[InstallationRow]):
    table = InstallationRow

    async def exists(self) -> bool:
        return (await self._tx.scalars(self.every())).first() is not None


class AllTenants(SystemRepository[TenantRow]):
    table = TenantRow

    async def get(self, id: UUID) -> TenantRow | None:
        return (await self._tx.scalars(self.every().where(TenantRow.id == id))).one_or_none()


class AllUsers(SystemRepository[UserRow]):
    table = UserRow

    async def by_email(self, email: str) -> UserRow | None:
        return (await self._tx.scalars(self.every().where(UserRow.email == email))).one_or_none()


class AllSessions(SystemRepository[SessionRow]):
    table = SessionRow

    async def by_hash(self, token_hash: str) -> tuple[SessionRow, UserRow] | None:
        query = self.every().join(UserRow, _same_person(SessionRow)).add_columns(UserRow)
        found = (await self._tx.execute(query.where(SessionRow.token_hash == token_hash))).one_or_none()
        return None if found is None else (found[0], found[1])

    async def end(self, token_hash: str) -> int:
        return await self.run(self.removing().where(SessionRow.token_hash == token_hash))

    async def forget_expired(self, moment: datetime) -> int:
        return await self.run(self.removing().where(SessionRow.expires_at <= moment))

    async def prolong(self, id: UUID, *, seen: datetime, expires: datetime) -> int:
        statement = self.changing().where(SessionRow.id == id)
        return await self.run(statement.values(last_seen_at=seen, expires_at=expires))


class AllApiKeys(SystemRepository[ApiKeyRow]):
    table = ApiKeyRow

    async def by_hash(self, secret_hash: str) -> tuple[ApiKeyRow, UserRow] | None:
        query = self.every().join(UserRow, _same_person(ApiKeyRow)).add_columns(UserRow)
        found = (await self._tx.execute(query.where(ApiKeyRow.secret_hash == secret_hash))).one_or_none()
        return None if found is None else (found[0], found[1])

    async def used(self, id: UUID, moment: datetime) -> int:
        return await self.run(self.changing().where(ApiKeyRow.id == id).values(last_used_at=moment))


class AttemptCounts(SystemRepository[AttemptRow]):
    table = AttemptRow

    async def of(self, keys: Collection[str]) -> Sequence[AttemptRow]:
        return list(await self._tx.scalars(self.every().where(AttemptRow.key.in_(keys))))

    async def locked(self, keys: Collection[str]) -> Sequence[AttemptRow]:
        """The rows, in the order of their keys so that two sign-ins never wait for each other."""
        query = self.every().where(AttemptRow.key.in_(keys)).order_by(AttemptRow.key).with_for_update()
        return list(await self._tx.scalars(query))

    async def forget(self, keys: Collection[str]) -> int:
        return await self.run(self.removing().where(AttemptRow.key.in_(keys)))

    async def forget_before(self, moment: datetime) -> int:
        return await self.run(self.removing().where(AttemptRow.last_failed_at < moment))


def _same_person(table: type[SessionRow] | type[ApiKeyRow]) -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == table.tenant_id, UserRow.id == table.user_id)

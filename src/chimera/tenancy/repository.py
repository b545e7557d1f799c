"""Queries of organisations and who belongs to them: of one tenant, and across tenants for finding out who it is."""

from uuid import UUID

from chimera.store import Repository, SystemRepository
from chimera.tenancy.tables import InstallationRow, TenantRow, UserRow


class Users(Repository[UserRow]):
    table = UserRow


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

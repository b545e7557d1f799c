"""Queries of organisations: all of them for who operates the installation, and those of a person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from chimera.kit.scope import Scope
from chimera.store import SystemRepository, Transaction
from chimera.tenancy.repository import in_order_of_joining, let_in
from chimera.tenancy.tables import PersonRow, TenantRow, UserRow


async def own_tier(tx: Transaction, scope: Scope) -> str | None:
    """The tier of the caller's organisation, in its own transaction: that sees the row of no other."""
    return await tx.scalar(select(TenantRow.tier).where(TenantRow.id == scope.tenant_id))


class Tenants(SystemRepository[TenantRow]):
    table = TenantRow

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[TenantRow]:
        """The newest first, beginning after an id; one to spare. Ids grow with time."""
        query = self.every().order_by(TenantRow.id.desc()).limit(limit + 1)
        return list(await self._tx.scalars(query if after is None else query.where(TenantRow.id < after)))

    async def locked(self, id: UUID) -> TenantRow | None:
        query = self.every().where(TenantRow.id == id).with_for_update()
        return (await self._tx.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def forget(self, id: UUID) -> int:
        return await self.run(self.removing().where(TenantRow.id == id))


class Places(SystemRepository[UserRow]):
    table = UserRow

    async def of_person(self, person_id: UUID) -> Sequence[tuple[UserRow, TenantRow]]:
        """As whom somebody may act and where, in the order in which they are offered."""
        theirs = let_in(self.every()).where(UserRow.person_id == person_id).add_columns(TenantRow)
        ordered = theirs.order_by(*in_order_of_joining())
        return [(user, tenant) for user, tenant in await self._tx.execute(ordered)]


class Homeless(SystemRepository[PersonRow]):
    table = PersonRow

    async def among(self, tenant_id: UUID) -> Sequence[UUID]:
        """Who belongs to this organisation and to no other."""
        here = exists(UserRow.id).where(UserRow.person_id == PersonRow.id, UserRow.tenant_id == tenant_id)
        elsewhere = exists(UserRow.id).where(UserRow.person_id == PersonRow.id, UserRow.tenant_id != tenant_id)
        query = self.every().where(here, ~elsewhere).order_by(PersonRow.id).with_for_update()
        return [person.id for person in await self._tx.scalars(query)]

    async def forget(self, ids: Sequence[UUID]) -> int:
        """Remove those of them who still belong nowhere."""
        belongs = exists(UserRow.id).where(UserRow.person_id == PersonRow.id)
        return await self.run(self.removing().where(PersonRow.id.in_(ids), ~belongs))

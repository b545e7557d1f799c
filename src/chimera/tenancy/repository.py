"""Queries of organisations and who belongs to them: of one tenant, and across tenants for finding out who it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_

from chimera.store import Repository, SystemRepository
from chimera.tenancy.standing import Bond
from chimera.tenancy.tables import (
    GroupMemberRow,
    GroupRow,
    InstallationRow,
    PersonRow,
    RoleRow,
    TenantRow,
    UserRow,
)

Whom: TypeAlias = tuple[UUID, UUID]
"""A user: the organisation, and the id in it."""


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


class AllPeople(SystemRepository[PersonRow]):
    table = PersonRow

    async def get(self, id: UUID) -> PersonRow | None:
        return (await self._tx.scalars(self.every().where(PersonRow.id == id))).one_or_none()

    async def by_email(self, email: str) -> PersonRow | None:
        return (await self._tx.scalars(self.every().where(PersonRow.email == email))).one_or_none()


class AllUsers(SystemRepository[UserRow]):
    table = UserRow

    async def of(self, tenant_id: UUID, person_id: UUID) -> UserRow | None:
        """As whom a person acts in an organisation, shut out or not."""
        theirs = self.every().where(UserRow.tenant_id == tenant_id, UserRow.person_id == person_id)
        return (await self._tx.scalars(theirs)).one_or_none()

    async def of_person(self, person_id: UUID) -> Sequence[UserRow]:
        """As whom a person may act: organisations that they joined themselves, and of those the first, come first."""
        mine = let_in(self.every()).where(UserRow.person_id == person_id)
        return list(await self._tx.scalars(mine.order_by(*in_order_of_joining())))

    async def belongs_elsewhere(self, person_id: UUID, tenant_id: UUID) -> bool:
        """Whether a person is a user of another organisation, too, shut out or not."""
        elsewhere = self.every().where(UserRow.person_id == person_id, UserRow.tenant_id != tenant_id)
        return (await self._tx.scalars(elsewhere.with_only_columns(UserRow.id).limit(1))).first() is not None

    async def let_in(self, tenant_id: UUID, id: UUID) -> UserRow | None:
        """The user, if neither they nor what they belong to is shut out."""
        query = let_in(self.every()).where(UserRow.tenant_id == tenant_id, UserRow.id == id)
        return (await self._tx.scalars(query)).one_or_none()

    async def all_let_in(self, whom: Collection[Whom]) -> Mapping[Whom, UserRow]:
        """Those of the users who are not shut out, asked for at once."""
        query = let_in(self.every()).where(_is_of(whom))
        return {(user.tenant_id, user.id): user for user in await self._tx.scalars(query)}

    async def anywhere(self, id: UUID) -> UserRow | None:
        """The user of an id, whatever organisation they belong to, if nothing of it is shut out."""
        return (await self._tx.scalars(let_in(self.every()).where(UserRow.id == id))).one_or_none()

    async def bonds_of(self, user: UserRow) -> Sequence[Bond]:
        """The groups of a user, and what the organisation wrote of its roles and theirs."""
        whom = (user.tenant_id, user.id)
        return (await self.bonds_of_all({whom}))[whom]

    async def bonds_of_all(self, whom: Collection[Whom]) -> Mapping[Whom, Sequence[Bond]]:
        """The bonds of each of these users: one question for all."""
        bonds: dict[Whom, list[Bond]] = {each: [] for each in whom}
        if not bonds:
            return bonds
        query = (
            self.every()
            .outerjoin(
                GroupMemberRow,
                and_(GroupMemberRow.tenant_id == UserRow.tenant_id, GroupMemberRow.user_id == UserRow.id),
            )
            .outerjoin(GroupRow, and_(GroupRow.tenant_id == UserRow.tenant_id, GroupRow.id == GroupMemberRow.id))
            .outerjoin(
                RoleRow,
                and_(
                    RoleRow.tenant_id == UserRow.tenant_id,
                    or_(RoleRow.name == UserRow.role, RoleRow.name == GroupRow.role),
                ),
            )
            .where(_is_of(whom))
            .with_only_columns(
                UserRow.tenant_id,
                UserRow.id,
                GroupRow.id,
                GroupRow.role,
                RoleRow.name,
                RoleRow.permissions,
                RoleRow.models,
                maintain_column_froms=True,
            )
        )
        for tenant_id, user_id, group_id, group_role, role, permissions, models in await self._tx.execute(query):
            bonds[tenant_id, user_id].append(
                Bond(group_id=group_id, group_role=group_role, role=role, permissions=permissions, models=models)
            )
        return bonds


def in_order_of_joining() -> tuple[ColumnElement[Any], ...]:
    """What an organisation alone says of somebody comes after what they said themselves."""
    return UserRow.accepted_at.is_(None), UserRow.created_at.expression, UserRow.id.expression


def _is_of(whom: Collection[Whom]) -> ColumnElement[bool]:
    return tuple_(UserRow.tenant_id, UserRow.id).in_(whom)


def let_in(query: Select[Any]) -> Select[Any]:
    """Narrow a query that joins users to those who may come in: neither they nor what they belong to is shut out."""
    joined = query.join(TenantRow, TenantRow.id == UserRow.tenant_id)
    joined = joined.outerjoin(PersonRow, PersonRow.id == UserRow.person_id)
    return joined.where(
        UserRow.disabled_at.is_(None), PersonRow.disabled_at.is_(None), TenantRow.suspended_at.is_(None)
    )

"""Queries of directories' credentials, and of what directories keep."""

from collections.abc import Sequence
from datetime import datetime
from operator import eq, ge, gt, le, lt
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func

from chimera.store import Repository, SystemRepository
from chimera.tenancy.scim.messages import LAST_MODIFIED, Filter
from chimera.tenancy.scim.tables import ScimTokenRow
from chimera.tenancy.tables import GroupMemberRow, GroupRow, TenantRow, UserRow


class ScimTokens(Repository[ScimTokenRow]):
    table = ScimTokenRow

    def live(self) -> Select[ScimTokenRow]:
        return self.mine().where(ScimTokenRow.revoked_at.is_(None))

    async def revoke(self, id: UUID, moment: datetime) -> bool:
        statement = self.changing().where(ScimTokenRow.id == id, ScimTokenRow.revoked_at.is_(None))
        return await self.run(statement.values(revoked_at=moment)) > 0


class AllScimTokens(SystemRepository[ScimTokenRow]):
    table = ScimTokenRow

    async def by_hash(self, token_hash: str) -> ScimTokenRow | None:
        """The credential, if its organisation is not shut out."""
        query = self.every().join(TenantRow, TenantRow.id == ScimTokenRow.tenant_id)
        mine = (
            ScimTokenRow.token_hash == token_hash,
            ScimTokenRow.revoked_at.is_(None),
            TenantRow.suspended_at.is_(None),
        )
        return (await self._tx.scalars(query.where(*mine))).one_or_none()

    async def used(self, row: ScimTokenRow, moment: datetime) -> int:
        mine = (ScimTokenRow.tenant_id == row.tenant_id, ScimTokenRow.id == row.id)
        return await self.run(self.changing().where(*mine).values(last_used_at=moment))


_COMPARED: Final = {"eq": eq, "gt": gt, "ge": ge, "lt": lt, "le": le}


class DirectoryUsers(Repository[UserRow]):
    """Persons of the organisation; service accounts are no directory's."""

    table = UserRow

    def persons(self) -> Select[UserRow]:
        return self.mine().where(UserRow.person_id.is_not(None))

    def chosen(self, wanted: Filter) -> Select[UserRow]:
        columns: dict[str, ColumnElement[Any]] = {
            "username": UserRow.email.expression,
            "externalid": UserRow.external_id.expression,
            "displayname": UserRow.name.expression,
            LAST_MODIFIED: func.coalesce(UserRow.changed_at, UserRow.created_at),
        }
        return self.persons().where(_COMPARED[wanted.operator](columns[wanted.attribute], wanted.value))

    async def locked(self, id: UUID) -> UserRow | None:
        query = self.persons().where(UserRow.id == id).with_for_update()
        return (await self._tx.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def slice(self, query: Select[UserRow], *, start: int, count: int) -> Sequence[UserRow]:
        return list(await self._tx.scalars(query.order_by(UserRow.created_at, UserRow.id).offset(start).limit(count)))

    async def among(self, ids: Sequence[UUID]) -> Sequence[UserRow]:
        return list(await self._tx.scalars(self.persons().where(UserRow.id.in_(ids))))


class DirectoryGroups(Repository[GroupRow]):
    """Groups that a directory made: those that people made by hand are none of its business."""

    table = GroupRow

    def kept(self) -> Select[GroupRow]:
        return self.mine().where(GroupRow.external_id.is_not(None))

    def chosen(self, wanted: Filter) -> Select[GroupRow]:
        columns: dict[str, ColumnElement[Any]] = {
            "externalid": GroupRow.external_id.expression,
            "displayname": GroupRow.name.expression,
            LAST_MODIFIED: func.coalesce(GroupRow.changed_at, GroupRow.created_at),
        }
        return self.kept().where(_COMPARED[wanted.operator](columns[wanted.attribute], wanted.value))

    async def locked(self, id: UUID) -> GroupRow | None:
        query = self.kept().where(GroupRow.id == id).with_for_update()
        return (await self._tx.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def slice(self, query: Select[GroupRow], *, start: int, count: int) -> Sequence[GroupRow]:
        return list(await self._tx.scalars(query.order_by(GroupRow.created_at, GroupRow.id).offset(start).limit(count)))


class DirectoryMembers(Repository[GroupMemberRow]):
    table = GroupMemberRow

    async def of_group(self, group_id: UUID) -> Sequence[tuple[UUID, str]]:
        """Id and name of each person in a group, in the order of their ids."""
        query = self.mine().join(UserRow, _themselves()).where(GroupMemberRow.id == group_id)
        query = query.where(UserRow.person_id.is_not(None)).order_by(UserRow.id)
        columns = query.with_only_columns(UserRow.id, UserRow.name, maintain_column_froms=True)
        return [(user_id, name) for user_id, name in await self._tx.execute(columns)]


def _themselves() -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == GroupMemberRow.tenant_id, UserRow.id == GroupMemberRow.user_id)

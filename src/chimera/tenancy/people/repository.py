"""Queries of users, groups and invitations of one organisation, and of invitations by their token."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_
from sqlalchemy.exc import IntegrityError

from chimera.store import Repository, SystemRepository, insert_into
from chimera.tenancy.errors import GroupExistsError
from chimera.tenancy.people.member import Wanted
from chimera.tenancy.permissions import OWNER
from chimera.tenancy.tables import GroupMemberRow, GroupRow, InvitationRow, PersonRow, RoleRow, UserRow


class Members(Repository[UserRow]):
    table = UserRow

    def wanted(self, wanted: Wanted) -> Select[UserRow]:
        query = self.mine()
        if wanted.search:
            has_it = [column.icontains(wanted.search, autoescape=True) for column in (UserRow.name, UserRow.email)]
            query = query.where(or_(*has_it))
        if wanted.role is not None:
            query = query.where(UserRow.role == wanted.role)
        if wanted.kind is not None:
            query = query.where(UserRow.kind == wanted.kind)
        if wanted.group_id is not None:
            is_in = exists(GroupMemberRow.id).where(
                GroupMemberRow.tenant_id == UserRow.tenant_id,
                GroupMemberRow.user_id == UserRow.id,
                GroupMemberRow.id == wanted.group_id,
            )
            query = query.where(is_in)
        return query

    async def locked(self, id: UUID) -> UserRow | None:
        """One user, as it is now, locked until the transaction ends."""
        query = self.mine().where(UserRow.id == id).with_for_update()
        return (await self._tx.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def by_email(self, email: str) -> UserRow | None:
        return (await self._tx.scalars(self.mine().where(UserRow.email == email))).one_or_none()

    async def owners(self) -> Sequence[UserRow]:
        """Owners who can come in, locked in one order, so that two of them who leave at once wait for each other."""
        query = (
            self.mine()
            .join(PersonRow, PersonRow.id == UserRow.person_id)
            .where(UserRow.role == OWNER, UserRow.disabled_at.is_(None), PersonRow.disabled_at.is_(None))
            .order_by(UserRow.id)
            .with_for_update(of=UserRow)
        )
        return list(await self._tx.scalars(query.execution_options(populate_existing=True)))


class Groups(Repository[GroupRow]):
    table = GroupRow

    async def keep(self, row: GroupRow) -> None:
        """Write a new or changed group. Raises GroupExistsError if another has its name."""
        row.tenant_id = self._scope.tenant_id
        self._tx.add(row)
        try:
            await self._tx.flush()
        except IntegrityError as error:
            raise GroupExistsError("Another group has this name.") from error

    async def touch(self, ids: Collection[UUID], moment: datetime) -> None:
        """Note that their members changed."""
        if ids:
            await self.run(self.changing().where(GroupRow.id.in_(ids)).values(changed_at=moment))

    async def of_users(self, user_ids: Collection[UUID]) -> Sequence[tuple[UUID, UUID, str]]:
        """User, group and the group's name, for each membership of these users."""
        query = (
            self.mine()
            .join(
                GroupMemberRow,
                and_(GroupMemberRow.tenant_id == GroupRow.tenant_id, GroupMemberRow.id == GroupRow.id),
            )
            .where(GroupMemberRow.user_id.in_(user_ids))
            .order_by(GroupRow.name)
            .with_only_columns(GroupMemberRow.user_id, GroupRow.id, GroupRow.name, maintain_column_froms=True)
        )
        return [(user_id, group_id, name) for user_id, group_id, name in await self._tx.execute(query)]

    async def among(self, ids: Iterable[UUID]) -> Sequence[GroupRow]:
        """Those of these ids that there are."""
        return list(await self._tx.scalars(self.mine().where(GroupRow.id.in_(list(ids))).order_by(GroupRow.id)))


class Memberships(Repository[GroupMemberRow]):
    table = GroupMemberRow

    async def join(self, group_id: UUID, user_id: UUID, moment: datetime) -> bool:
        """Put a user into a group; false if they were there."""
        values = {"id": group_id, "user_id": user_id, "created_at": moment, "tenant_id": self._scope.tenant_id}
        statement = insert_into(self._tx, GroupMemberRow).values(**values).on_conflict_do_nothing()
        joined = bool((await self._tx.execute(statement.returning(GroupMemberRow.user_id))).all())
        if joined:
            await Groups(self._tx, self._scope).touch([group_id], moment)
        return joined

    async def leave(self, group_id: UUID, user_id: UUID, moment: datetime) -> bool:
        statement = self.removing().where(GroupMemberRow.id == group_id, GroupMemberRow.user_id == user_id)
        left = await self.run(statement) > 0
        if left:
            await Groups(self._tx, self._scope).touch([group_id], moment)
        return left

    async def leave_all(self, user_id: UUID, moment: datetime) -> None:
        """Take whoever is about to be removed out of all groups, which are others without them."""
        theirs = self.mine().where(GroupMemberRow.user_id == user_id).with_only_columns(GroupMemberRow.id)
        await Groups(self._tx, self._scope).touch(list(await self._tx.scalars(theirs)), moment)
        await self.run(self.removing().where(GroupMemberRow.user_id == user_id))


class Roles(Repository[RoleRow]):
    table = RoleRow

    async def named(self, name: str) -> RoleRow | None:
        return (await self._tx.scalars(self.mine().where(RoleRow.name == name))).one_or_none()

    async def names(self) -> list[str]:
        return [row.name for row in await self._tx.scalars(self.mine())]


class Invitations(Repository[InvitationRow]):
    table = InvitationRow

    def open(self) -> Select[InvitationRow]:
        """Those that nobody accepted or took back, expired ones among them."""
        return self.mine().where(InvitationRow.accepted_at.is_(None), InvitationRow.revoked_at.is_(None))

    async def revoke(self, moment: datetime, *, id: UUID | None = None, email: str | None = None) -> int:
        """Take the open ones of an id or address back."""
        statement = self.changing().where(InvitationRow.accepted_at.is_(None), InvitationRow.revoked_at.is_(None))
        for column, value in ((InvitationRow.id, id), (InvitationRow.email, email)):
            if value is not None:
                statement = statement.where(column == value)
        return await self.run(statement.values(revoked_at=moment))


class AllInvitations(SystemRepository[InvitationRow]):
    table = InvitationRow

    async def by_token(self, token_hash: str) -> InvitationRow | None:
        return (await self._tx.scalars(self.every().where(InvitationRow.token_hash == token_hash))).one_or_none()

    async def take(self, token_hash: str, moment: datetime) -> bool:
        """Use it up; false if somebody else did, it was taken back, or it has expired."""
        statement = self.changing().where(
            InvitationRow.token_hash == token_hash,
            InvitationRow.accepted_at.is_(None),
            InvitationRow.revoked_at.is_(None),
            InvitationRow.expires_at > moment,
        )
        return await self.run(statement.values(accepted_at=moment)) > 0


class Persons(SystemRepository[PersonRow]):
    table = PersonRow

    async def forget_if_nowhere(self, id: UUID) -> None:
        """Remove somebody who belongs to no organisation any more. Locked first: they may be joining one just now."""
        found = self.every().where(PersonRow.id == id).with_for_update()
        if (await self._tx.scalars(found)).one_or_none() is not None:
            belongs = exists(UserRow.id).where(UserRow.person_id == id)
            await self.run(self.removing().where(PersonRow.id == id, ~belongs))

    async def set_first_password(self, id: UUID, password_hash: str, moment: datetime) -> bool:
        """Of somebody who has none; false if they have one by now. Their address is proved by what was mailed to it."""
        statement = self.changing().where(PersonRow.id == id, PersonRow.password_hash.is_(None))
        values = {"password_hash": password_hash, "password_changed_at": moment, "email_verified_at": moment}
        return await self.run(statement.values(**values)) > 0

"""Groups of an organisation and who is in them. A group is a team: budgets bind it, and its role is its members'."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import GroupNotFoundError, RoleNotFoundError, UserNotFoundError
from chimera.tenancy.people.member import Paging, Team, TeamTerms
from chimera.tenancy.people.ranks import check_giving, check_reach
from chimera.tenancy.people.repository import Groups, Members, Memberships
from chimera.tenancy.permissions import USERS_MANAGE, require
from chimera.tenancy.tables import GroupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """Groups of the caller's organisation.

    Attributes:
        on_revoked: Called when somebody's roles or budgets changed, so that this replica looks them up again.
    """

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, paging: Paging) -> tuple[Sequence[Team], str | None]:
        """Groups, the newest first, and where the next page begins."""
        async with self.database.reading(scope) as tx:
            groups = Groups(tx, scope)
            page = await groups.page(groups.mine(), by=GroupRow.created_at, cursor=paging.cursor, limit=paging.limit)
        return [_team(row) for row in page.rows], page.next_cursor

    async def get(self, scope: Scope, id: UUID) -> Team:
        """Raises GroupNotFoundError if the organisation has none of that id."""
        async with self.database.reading(scope) as tx:
            return _team(_found(await Groups(tx, scope).get(id)))

    async def exists(self, scope: Scope, id: UUID) -> bool:
        """Whether the organisation has a group of this id."""
        async with self.database.reading(scope) as tx:
            return await Groups(tx, scope).get(id) is not None

    async def make(self, scope: Scope, terms: TeamTerms) -> Team:
        """Make a group without members.

        Raises:
            GroupExistsError: if another has its name.
            PermissionDeniedError: if its role may do more than the caller's credential.
            RoleNotFoundError: if there is no such role.
        """
        require(scope, USERS_MANAGE)
        row = GroupRow(created_at=self.now(), name=terms.name, description=terms.description, role=terms.role)
        async with self.database.transaction(scope) as tx:
            await _check_role(tx, scope, terms.role)
            await Groups(tx, scope).keep(row)
            await self.recorder.record(tx, scope, _act("group.created", row.id))
        return _team(row)

    async def change(self, scope: Scope, id: UUID, told: TeamTerms) -> Team:
        """Set the terms of a group.

        Raises:
            GroupNotFoundError: if the organisation has none of that id.
            GroupExistsError: if another has its name.
            PermissionDeniedError: if its role, before or after, may do more than the caller's credential.
            RoleNotFoundError: if there is no such role.
        """
        require(scope, USERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            groups = Groups(tx, scope)
            row = _found(await groups.get(id))
            if told.role != row.role:
                await _check_old_role(tx, scope, row.role)
                await _check_role(tx, scope, told.role)
            row.changed_at = row.changed_at if told.name == row.name else self.now()
            row.name, row.description, row.role = told.name, told.description, told.role
            await groups.keep(row)
            await self.recorder.record(tx, scope, _act("group.changed", id))
        self.on_revoked()
        return _team(row)

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Forget a group. Its members stay users; what it spent stays in the books.

        Raises:
            GroupNotFoundError: if the organisation has none of that id.
            PermissionDeniedError: if its role may do more than the caller's credential.
        """
        require(scope, USERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            groups = Groups(tx, scope)
            await _check_old_role(tx, scope, _found(await groups.get(id)).role)
            await groups.delete(id)
            await self.recorder.record(tx, scope, _act("group.removed", id))
        self.on_revoked()

    async def join(self, scope: Scope, id: UUID, user_id: UUID) -> None:
        """Put a user into a group; nothing happens if they are there.

        Raises:
            GroupNotFoundError: if the organisation has no such group.
            UserNotFoundError: if it has no such user.
            PermissionDeniedError: if the group's role, or the user, may do more than the caller.
        """
        require(scope, USERS_MANAGE)
        async with self.database.system_transaction() as tx:
            await self._check_membership(tx, scope, id, user_id)
            if await Memberships(tx, scope).join(id, user_id, self.now()):
                await self.recorder.record(tx, scope, _act("group.joined", id, user_id=str(user_id)))
        self.on_revoked()

    async def leave(self, scope: Scope, id: UUID, user_id: UUID) -> None:
        """Take a user out of a group; nothing happens if they are not there.

        Raises:
            GroupNotFoundError: if the organisation has no such group.
            UserNotFoundError: if it has no such user.
            PermissionDeniedError: if the group's role, or the user, may do more than the caller.
        """
        require(scope, USERS_MANAGE)
        async with self.database.system_transaction() as tx:
            await self._check_membership(tx, scope, id, user_id)
            if await Memberships(tx, scope).leave(id, user_id, self.now()):
                await self.recorder.record(tx, scope, _act("group.left", id, user_id=str(user_id)))
        self.on_revoked()

    async def _check_membership(self, tx: Transaction, scope: Scope, id: UUID, user_id: UUID) -> None:
        group, user = await Groups(tx, scope).get(id), await Members(tx, scope).get(user_id)
        await _check_old_role(tx, scope, _found(group).role)
        if user is None:
            raise UserNotFoundError("There is no such user.")
        await check_reach(tx, scope, user)


async def _check_role(tx: Transaction, scope: Scope, role: str | None) -> None:
    if role is not None:
        await check_giving(tx, scope, role)


async def _check_old_role(tx: Transaction, scope: Scope, role: str | None) -> None:
    """A role that is none any more gives nothing, so anybody may take it away."""
    try:
        await _check_role(tx, scope, role)
    except RoleNotFoundError:
        return


def _found(row: GroupRow | None) -> GroupRow:
    if row is None:
        raise GroupNotFoundError("There is no such group.")
    return row


def _team(row: GroupRow) -> Team:
    return Team(id=row.id, name=row.name, description=row.description, role=row.role, created_at=row.created_at)


def _act(name: str, id: UUID, **details: str) -> Act:
    return Act(name=name, target_kind="group", target_id=str(id), details=details)

"""The users of an organisation: listed, changed, shut out and removed; and service accounts, which are made here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import GroupNotFoundError, UnauthenticatedError, UserNotFoundError
from chimera.tenancy.people.member import Member, MemberChange, Paging, TeamName, UserKind, Wanted
from chimera.tenancy.people.ranks import check_an_owner_is_left, check_giving, check_reach
from chimera.tenancy.people.repository import Groups, Members, Memberships, Persons
from chimera.tenancy.permissions import OWNER, USERS_MANAGE, require
from chimera.tenancy.sessions.repository import Sessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import UserRow

SERVICE: Final = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Users of the caller's organisation.

    Attributes:
        on_revoked: Called when somebody may less than before, so that this replica forgets their credentials at once.
    """

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, wanted: Wanted, paging: Paging) -> tuple[Sequence[Member], str | None]:
        """Users, the newest first, and where the next page begins.

        Raises:
            GroupNotFoundError: if they are wanted of a group that is none of the organisation's.
        """
        async with self.database.reading(scope) as tx:
            if wanted.group_id is not None and await Groups(tx, scope).get(wanted.group_id) is None:
                raise GroupNotFoundError("There is no such group.")
            members = Members(tx, scope)
            page = await members.page(
                members.wanted(wanted), by=UserRow.created_at, cursor=paging.cursor, limit=paging.limit
            )
            return await _members(tx, scope, page.rows), page.next_cursor

    async def get(self, scope: Scope, id: UUID, *, kind: UserKind | None = None) -> Member:
        """One user. Raises UserNotFoundError if the organisation has none of that id, or not of that kind."""
        async with self.database.reading(scope) as tx:
            return await _member(tx, scope, _found(await Members(tx, scope).get(id), kind))

    async def myself(self, scope: Scope) -> Member:
        """Raises UnauthenticatedError if the account was removed meanwhile."""
        try:
            return await self.get(scope, scope.actor_id)
        except UserNotFoundError as error:
            raise UnauthenticatedError("This account does not exist any more.") from error

    async def make_service_account(self, scope: Scope, name: str, role: str) -> Member:
        """Make a user that is no person. It acts through API keys alone.

        Raises:
            PermissionDeniedError: if the role may do more than the caller's credential.
            RoleNotFoundError: if there is no such role.
        """
        require(scope, USERS_MANAGE)
        row = UserRow(kind=SERVICE, name=name, role=role, created_by=scope.actor_id, created_at=self.now())
        async with self.database.system_transaction() as tx:
            await check_giving(tx, scope, role)
            await Members(tx, scope).add(row)
            made = await _member(tx, scope, row)
            await self.recorder.record(tx, scope, _act("service_account.created", row.id, role=role))
        return made

    async def change(self, scope: Scope, id: UUID, change: MemberChange, *, kind: UserKind | None = None) -> Member:
        """Rename somebody, give them another role, shut them out or let them in again.

        Whoever is shut out loses their sessions; other credentials sleep, here at once, elsewhere within seconds.

        Raises:
            UserNotFoundError: if the organisation has none of that id, or not of that kind.
            PermissionDeniedError: if they, or the role, may do more than the caller.
            RoleNotFoundError: if there is no such role.
            LastOwnerError: if nobody else could do what only owners may.
        """
        require(scope, USERS_MANAGE)
        async with self.database.system_transaction() as tx:
            row = await self._reached(tx, scope, id, kind, leaves=_leaves(change))
            acts = await self._changed(tx, scope, row, change)
            changed = await _member(tx, scope, row)
            for act in acts:
                await self.recorder.record(tx, scope, act)
        self.on_revoked()
        return changed

    async def remove(self, scope: Scope, id: UUID, *, kind: UserKind | None = None) -> None:
        """Remove somebody with their keys, sessions and memberships. What they wrote stays until it is erased.

        Raises:
            UserNotFoundError: if the organisation has none of that id, or not of that kind.
            PermissionDeniedError: if they may do more than the caller.
            LastOwnerError: if nobody else is an owner.
        """
        require(scope, USERS_MANAGE)
        async with self.database.system_transaction() as tx:
            row = await self._reached(tx, scope, id, kind, leaves=True)
            await Memberships(tx, scope).leave_all(id, self.now())
            await Members(tx, scope).delete(id)
            if row.person_id is not None:
                await Persons(tx).forget_if_nowhere(row.person_id)
            await self.recorder.record(tx, scope, _act("user.removed", id, kind=row.kind))
        self.on_revoked()

    async def _reached(
        self, tx: Transaction, scope: Scope, id: UUID, kind: UserKind | None, *, leaves: bool
    ) -> UserRow:
        members = Members(tx, scope)
        row = _found(await members.get(id), kind)
        await check_reach(tx, scope, row)
        if leaves and row.role == OWNER and row.disabled_at is None and row.kind != SERVICE:
            await check_an_owner_is_left(tx, scope, id)
        return _found(await members.locked(id), kind)

    async def _changed(self, tx: Transaction, scope: Scope, row: UserRow, change: MemberChange) -> list[Act]:
        acts = []
        if change.name is not None and change.name != row.name:
            row.name, row.changed_at = change.name, self.now()
            acts.append(_act("user.renamed", row.id))
        if change.role is not None and change.role != row.role:
            await check_giving(tx, scope, change.role)
            acts.append(_act("user.role_changed", row.id, before=row.role, after=change.role))
            row.role = change.role
        if change.suspended is not None and change.suspended != (row.disabled_at is not None):
            row.disabled_at, row.changed_at = self.now() if change.suspended else None, self.now()
            acts.append(_act("user.suspended" if change.suspended else "user.restored", row.id))
            if change.suspended:
                sessions = Sessions(tx, scope)
                await sessions.run(sessions.removing().where(SessionRow.user_id == row.id))
        await tx.flush()
        return acts


def _leaves(change: MemberChange) -> bool:
    """Whether an owner would be none any more, or could not come in."""
    return change.suspended is True or change.role not in {None, OWNER}


def _found(row: UserRow | None, kind: UserKind | None) -> UserRow:
    if row is None or (kind is not None and row.kind != kind):
        raise UserNotFoundError("There is no such user.")
    return row


async def _member(tx: Transaction, scope: Scope, row: UserRow) -> Member:
    return (await _members(tx, scope, [row]))[0]


async def _members(tx: Transaction, scope: Scope, rows: Sequence[UserRow]) -> Sequence[Member]:
    groups: dict[UUID, list[TeamName]] = {row.id: [] for row in rows}
    for user_id, group_id, name in await Groups(tx, scope).of_users(groups):
        groups[user_id].append(TeamName(id=group_id, name=name))
    return [
        Member(
            id=row.id,
            kind=cast("UserKind", row.kind),
            email=row.email,
            name=row.name,
            role=row.role,
            groups=groups[row.id],
            operator=row.operator,
            created_at=row.created_at,
            suspended_at=row.disabled_at,
        )
        for row in rows
    ]


def _act(name: str, id: UUID, **details: str) -> Act:
    return Act(name=name, target_kind="user", target_id=str(id), details=details)

"""Groups that a directory keeps. What they let their members do, administrators say; it says who is in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import GroupExistsError, RoleNotFoundError
from chimera.tenancy.people.ranks import gives
from chimera.tenancy.people.repository import Groups, Memberships
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.scim.errors import ScimForbiddenError, ScimNotFoundError, ScimUniquenessError, ScimValueError
from chimera.tenancy.scim.messages import Filter, GroupChange, GroupSaid
from chimera.tenancy.scim.repository import DirectoryGroups, DirectoryMembers, DirectoryUsers
from chimera.tenancy.scim.versions import Expected, version
from chimera.tenancy.standing import held_by
from chimera.tenancy.tables import GroupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptGroup:
    """A group with its members: id and name of each."""

    row: GroupRow
    members: Sequence[tuple[UUID, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTeams:
    """Groups of the organisation whose directory asks.

    Attributes:
        on_revoked: Called when somebody may do something else than before.
    """

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def list(
        self, scope: Scope, wanted: Filter | None, *, start: int, count: int
    ) -> tuple[Sequence[KeptGroup], int]:
        """Groups that the directory made, oldest first, and how many there are in all."""
        async with self.database.reading(scope) as tx:
            groups = DirectoryGroups(tx, scope)
            query = groups.kept() if wanted is None else groups.chosen(wanted)
            rows = await groups.slice(query, start=start, count=count)
            return [await _kept(tx, scope, row) for row in rows], await groups.count(query)

    async def get(self, scope: Scope, id: UUID) -> KeptGroup:
        """Raises ScimNotFoundError."""
        async with self.database.reading(scope) as tx:
            return await _kept(tx, scope, _found(await DirectoryGroups(tx, scope).get(id)))

    async def create(self, scope: Scope, said: GroupSaid) -> KeptGroup:
        """Make a group that gives no permission yet.

        Raises:
            ScimUniquenessError: if there is a group of this name.
            ScimValueError: if a member is no person of the organisation.
        """
        row = GroupRow(name=said.display_name, external_id=said.external_id or "", created_at=self.now())
        async with self.database.system_transaction() as tx:
            await self._keep(tx, scope, row)
            await self._join(tx, scope, row, frozenset(member.value for member in said.members))
            await tx.refresh(row)  # whoever joins or leaves makes another group of it
            kept = await _kept(tx, scope, row)
            await self.recorder.record(tx, scope, _act("group.created", row.id))
        self.on_revoked()
        return kept

    async def change(self, scope: Scope, id: UUID, change: GroupChange, expected: Expected) -> KeptGroup:
        """Rename it, or change who is in it.

        Raises:
            ScimNotFoundError: if there is no such group that the directory made.
            VersionMismatchError: if it is not as the directory expects it.
            ScimUniquenessError: if another group has the name.
            ScimValueError: if a member is no person of the organisation.
            ScimForbiddenError: if members would get a role that the maker of the token does not hold.
        """
        async with self.database.system_transaction() as tx:
            row = await self._reached(tx, scope, id, expected)
            row.name = change.name or row.name
            row.external_id = row.external_id if change.external_id is None else change.external_id
            if change.name or change.external_id is not None:
                row.changed_at = self.now()
            await self._keep(tx, scope, row)
            present = {user_id for user_id, _ in await DirectoryMembers(tx, scope).of_group(id)}
            wanted = (present if change.members is None else change.members) | change.joining
            wanted -= change.leaving
            await self._join(tx, scope, row, frozenset(wanted - present))
            for user_id in present - wanted:
                await Memberships(tx, scope).leave(id, user_id, self.now())
            await tx.refresh(row)  # whoever joins or leaves makes another group of it
            kept = await _kept(tx, scope, row)
            await self.recorder.record(tx, scope, _act("group.changed", id))
        self.on_revoked()
        return kept

    async def remove(self, scope: Scope, id: UUID, expected: Expected) -> None:
        """Raises ScimNotFoundError, VersionMismatchError."""
        async with self.database.system_transaction() as tx:
            await self._reached(tx, scope, id, expected)
            await DirectoryGroups(tx, scope).delete(id)
            await self.recorder.record(tx, scope, _act("group.removed", id))
        self.on_revoked()

    async def _reached(self, tx: Transaction, scope: Scope, id: UUID, expected: Expected) -> GroupRow:
        row = _found(await DirectoryGroups(tx, scope).locked(id))
        expected.check(group_version(await _kept(tx, scope, row)))
        return row

    async def _keep(self, tx: Transaction, scope: Scope, row: GroupRow) -> None:
        try:
            await Groups(tx, scope).keep(row)
        except GroupExistsError as error:
            raise ScimUniquenessError("Another group has this name.") from error

    async def _join(self, tx: Transaction, scope: Scope, row: GroupRow, ids: frozenset[UUID]) -> None:
        if not ids:
            return
        if row.role is not None:
            await _check_giving(tx, scope, row.role)
        if len(await DirectoryUsers(tx, scope).among(list(ids))) != len(ids):
            raise ScimValueError("A member is no user that is here.")
        for user_id in sorted(ids):
            await Memberships(tx, scope).join(row.id, user_id, self.now())


def group_version(kept: KeptGroup) -> str:
    """Of what a directory is told of it: who is in it, whatever they are called meanwhile."""
    return version(kept.row.name, kept.row.external_id, sorted(user_id for user_id, _ in kept.members))


async def _check_giving(tx: Transaction, scope: Scope, role: str) -> None:
    maker = await AllUsers(tx).let_in(scope.tenant_id, scope.actor_id)
    holds = held_by(maker, await AllUsers(tx).bonds_of(maker)).permissions if maker else frozenset()
    try:
        given = await gives(tx, scope, role)
    except RoleNotFoundError:  # removed meanwhile: it gives nothing
        return
    if not given <= holds:
        raise ScimForbiddenError("Who made this token does not hold the role that this group gives.")


async def _kept(tx: Transaction, scope: Scope, row: GroupRow) -> KeptGroup:
    return KeptGroup(row=row, members=await DirectoryMembers(tx, scope).of_group(row.id))


def _found(row: GroupRow | None) -> GroupRow:
    if row is None or row.external_id is None:
        raise ScimNotFoundError("There is no such group.")
    return row


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="group", target_id=str(id), details={"by": "directory"})

"""Users as a directory keeps them: found, brought in, shut out and removed; all but owners and operators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.identity import normalised
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.people.repository import Memberships, Persons
from chimera.tenancy.permissions import OWNER
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.scim.errors import (
    ScimForbiddenError,
    ScimMutabilityError,
    ScimNotFoundError,
    ScimUniquenessError,
)
from chimera.tenancy.scim.messages import Filter, UserChange, UserSaid
from chimera.tenancy.scim.repository import DirectoryUsers
from chimera.tenancy.scim.versions import Expected, version
from chimera.tenancy.sessions.repository import Sessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import UserRow

# What newcomers may do, until a group gives them more.
_ROLE: Final = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPeople:
    """Persons of the organisation whose directory asks.

    Attributes:
        on_revoked: Called when somebody was shut out, so that this replica forgets their credentials at once.
    """

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def list(
        self, scope: Scope, wanted: Filter | None, *, start: int, count: int
    ) -> tuple[Sequence[UserRow], int]:
        """Persons of the organisation, oldest first, and how many there are in all."""
        async with self.database.reading(scope) as tx:
            users = DirectoryUsers(tx, scope)
            query = users.persons() if wanted is None else users.chosen(_spelled(wanted))
            return await users.slice(query, start=start, count=count), await users.count(query)

    async def get(self, scope: Scope, id: UUID) -> UserRow:
        """Raises ScimNotFoundError."""
        async with self.database.reading(scope) as tx:
            return _found(await DirectoryUsers(tx, scope).get(id))

    async def create(self, scope: Scope, said: UserSaid) -> UserRow:
        """Bring somebody in. They sign in by the organisation's provider, or are sent a new password.

        Raises:
            InvalidEmailError: if the user name is no e-mail address.
            ScimUniquenessError: if they are here already.
        """
        email = normalised(said.user_name)
        async with self.database.system_transaction() as tx:
            tenant = await AllTenants(tx).get(scope.tenant_id)
            person = await AllPeople(tx).by_email(email)
            taken = person is not None and await AllUsers(tx).of(scope.tenant_id, person.id) is not None
            if tenant is None or taken or await self._named(tx, scope, email):
                raise ScimUniquenessError("A user of this name is here already.")
            newcomer = Newcomer(
                email=email,
                name=said.full_name or email.partition("@")[0],
                role=_ROLE,
                external_id=said.external_id or None,
            )
            row = await provision(tx, tenant, newcomer)
            if not said.active:
                row.disabled_at = self.now()
            row.changed_at = self.now()
            await tx.flush()
            await self.recorder.record(tx, scope, _act("user.provisioned", row.id))
        return row

    async def change(self, scope: Scope, id: UUID, change: UserChange, expected: Expected) -> UserRow:
        """Rename somebody, shut them out or let them in again.

        Raises:
            ScimNotFoundError: if the organisation has no such person.
            VersionMismatchError: if they are not as the directory expects them.
            ScimForbiddenError: if they own the organisation, or operate the installation.
            ScimMutabilityError: if they are to sign in by another address, which only they can change.
        """
        async with self.database.system_transaction() as tx:
            row = await self._reached(tx, scope, id, expected)
            if change.user_name is not None and normalised(change.user_name) != row.email:
                raise ScimMutabilityError("userName cannot be changed: remove the user, and bring them in anew.")
            acts = await self._changed(tx, scope, row, change)
            for act in acts:
                await self.recorder.record(tx, scope, act)
        if acts:
            self.on_revoked()
        return row

    async def remove(self, scope: Scope, id: UUID, expected: Expected) -> None:
        """Remove somebody with their keys, sessions and memberships.

        Raises ScimNotFoundError, VersionMismatchError, ScimForbiddenError.
        """
        async with self.database.system_transaction() as tx:
            row = await self._reached(tx, scope, id, expected)
            await Memberships(tx, scope).leave_all(id, self.now())
            await DirectoryUsers(tx, scope).delete(id)
            if row.person_id is not None:
                await Persons(tx).forget_if_nowhere(row.person_id)
            await self.recorder.record(tx, scope, _act("user.removed", id))
        self.on_revoked()

    async def _changed(self, tx: Transaction, scope: Scope, row: UserRow, change: UserChange) -> Sequence[Act]:
        acts: list[Act] = []
        if change.name and change.name != row.name:
            row.name = change.name
            acts.append(_act("user.renamed", row.id))
        if change.external_id is not None:
            row.external_id = change.external_id or None
        if change.active is not None and change.active is (row.disabled_at is not None):
            row.disabled_at = None if change.active else self.now()
            acts.append(_act("user.restored" if change.active else "user.suspended", row.id))
            if not change.active:
                sessions = Sessions(tx, scope)
                await sessions.run(sessions.removing().where(SessionRow.user_id == row.id))
        if acts or change.external_id is not None:
            row.changed_at = self.now()
        await tx.flush()
        return acts

    async def _reached(self, tx: Transaction, scope: Scope, id: UUID, expected: Expected) -> UserRow:
        row = _found(await DirectoryUsers(tx, scope).locked(id))
        expected.check(user_version(row))
        if row.role == OWNER or row.operator:
            raise ScimForbiddenError("Owners are changed by owners alone.")
        return row

    async def _named(self, tx: Transaction, scope: Scope, email: str) -> bool:
        users = DirectoryUsers(tx, scope)
        return await users.count(users.chosen(Filter(attribute="username", value=email))) > 0


def user_version(row: UserRow) -> str:
    """Of what a directory is told of them."""
    return version(row.email, row.name, row.external_id, row.disabled_at is None)


def _spelled(wanted: Filter) -> Filter:
    if wanted.attribute != "username":
        return wanted
    return replace(wanted, value=str(wanted.value).strip().lower())


def _found(row: UserRow | None) -> UserRow:
    if row is None or row.person_id is None:
        raise ScimNotFoundError("There is no such user.")
    return row


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="user", target_id=str(id), details={"by": "directory"})

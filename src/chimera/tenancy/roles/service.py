"""Roles of an organisation: its own, and which models the holders of each may ask."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder, Unrecorded
from chimera.tenancy.errors import (
    PermissionDeniedError,
    RoleExistsError,
    RoleInUseError,
    RoleNotFoundError,
    TooManyRolesError,
)
from chimera.tenancy.keys.bounds import models_within
from chimera.tenancy.permissions import ALL, OPERATE, ROLES, ROLES_MANAGE, USERS_READ, check_known, implied, require
from chimera.tenancy.roles.repository import (
    GivingIssuers,
    GivingProviders,
    Holders,
    HoldingGroups,
    HoldingInvitations,
    WrittenRoles,
)
from chimera.tenancy.roles.role import Role, RoleTerms
from chimera.tenancy.tables import RoleRow

MOST: Final = 100
"""So many roles of its own an organisation may have: all are listed at once."""
_NAMING: Final = (Holders, HoldingGroups, HoldingInvitations, GivingProviders, GivingIssuers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Nobody writes a role that gives what they do not hold, nor touches one that does.

    Attributes:
        on_changed: Called when somebody may be let do less than before, so that this replica looks them up again.
    """

    database: Database
    on_changed: Callable[[], None]
    recorder: Recorder = field(default_factory=Unrecorded)
    now: Callable[[], datetime] = utc_now

    async def list(self, scope: Scope) -> Sequence[Role]:
        """The built-in roles, then the organisation's own by name. Raises PermissionDeniedError."""
        require(scope, USERS_READ)
        async with self.database.reading(scope) as tx:
            written = {row.name: row for row in await WrittenRoles(tx, scope).every()}
        built_in = [_built_in(name, written.get(name)) for name in ROLES]
        return [*built_in, *(_role(row) for row in written.values() if row.name not in ROLES)]

    async def get(self, scope: Scope, id: UUID) -> Role:
        """Raises RoleNotFoundError if the organisation has none of its own of that id."""
        require(scope, USERS_READ)
        async with self.database.reading(scope) as tx:
            return _role(_found(await WrittenRoles(tx, scope).get(id)))

    async def create(self, scope: Scope, name: str, terms: RoleTerms) -> Role:
        """Make a role of the organisation's own.

        Raises:
            PermissionDeniedError: if it gives what the caller does not hold.
            RoleExistsError: if there is one of the name.
            TooManyRolesError: if there are as many as there may be.
            InvalidRequestError: if a permission is none, or is no organisation's.
        """
        require(scope, ROLES_MANAGE)
        if name in ROLES:
            raise RoleExistsError("This is the name of a role that is built in.")
        _check_terms(scope, terms)
        row = RoleRow(name=name, created_at=self.now())
        self._write(row, terms)
        async with self.database.transaction(scope) as tx:
            roles = WrittenRoles(tx, scope)
            if len([one for one in await roles.every() if one.name not in ROLES]) >= MOST:
                raise TooManyRolesError(f"An organisation has at most {MOST} roles of its own.")
            await roles.keep(row)
            await self.recorder.record(tx, scope, _act("role.created", name))
        self.on_changed()
        return _role(row)

    async def change(self, scope: Scope, id: UUID, terms: Callable[[RoleTerms], RoleTerms]) -> Role:
        """Let the holders of a role do other things than before: here at once, on other replicas within seconds.

        Raises:
            RoleNotFoundError: if the organisation has none of its own of that id.
            PermissionDeniedError: if it gives, before or after, what the caller does not hold.
            InvalidRequestError: if a permission is none, or is no organisation's.
        """
        require(scope, ROLES_MANAGE)
        async with self.database.transaction(scope) as tx:
            row = _found(await WrittenRoles(tx, scope).get(id))
            present = _role(row).terms
            _check_holding(scope, present.permissions)
            wanted = terms(present)
            _check_terms(scope, wanted, were=present.models)
            self._write(row, wanted)
            await tx.flush()
            await self.recorder.record(tx, scope, _act("role.changed", row.name))
        self.on_changed()
        return _role(row)

    async def bind(self, scope: Scope, name: str, models: tuple[str, ...] | None) -> Role:
        """Say which models the holders of a built-in role may ask; `None` is all.

        Raises:
            RoleNotFoundError: if none is built in of that name.
            PermissionDeniedError: if the role gives what the caller does not hold, or the models are more than theirs.
        """
        require(scope, ROLES_MANAGE)
        if name not in ROLES:
            raise RoleNotFoundError("There is no such role built in.")
        _check_holding(scope, ROLES[name])
        async with self.database.transaction(scope) as tx:
            roles = WrittenRoles(tx, scope)
            row = await roles.named(name)
            present = None if row is None or row.models is None else tuple(row.models)
            _check_models(scope, models, were=present)
            if row is None:
                row = RoleRow(name=name, permissions=[], created_at=self.now())
            row.models, row.updated_at = (None if models is None else list(models)), self.now()
            await roles.keep(row)
            await self.recorder.record(tx, scope, _act("role.changed", name))
        self.on_changed()
        return _built_in(name, row)

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Forget a role that nobody has.

        Raises:
            RoleNotFoundError: if the organisation has none of its own of that id.
            RoleInUseError: if somebody has it, or is given it as they come.
            PermissionDeniedError: if it gives what the caller does not hold.
        """
        require(scope, ROLES_MANAGE)
        async with self.database.transaction(scope) as tx:
            roles = WrittenRoles(tx, scope)
            row = _found(await roles.get(id))
            _check_holding(scope, frozenset(row.permissions))
            await _check_unused(tx, scope, row.name)
            await roles.delete(id)
            await self.recorder.record(tx, scope, _act("role.removed", row.name))
        self.on_changed()

    def _write(self, row: RoleRow, terms: RoleTerms) -> None:
        row.description, row.permissions = terms.description, sorted(implied(terms.permissions))
        row.models, row.updated_at = (None if terms.models is None else list(terms.models)), self.now()


def _check_terms(scope: Scope, terms: RoleTerms, *, were: tuple[str, ...] | None = None) -> None:
    check_known(terms.permissions)
    if not terms.permissions <= ALL:
        raise InvalidRequestError(f"No role of an organisation gives {OPERATE}.", field="permissions")
    _check_holding(scope, terms.permissions)
    _check_models(scope, terms.models, were=were)


def _check_holding(scope: Scope, permissions: Iterable[str]) -> None:
    if not implied(frozenset(permissions)) <= scope.permissions:
        raise PermissionDeniedError("A role that may do more than you is for somebody else to write.")


def _check_models(scope: Scope, models: tuple[str, ...] | None, *, were: tuple[str, ...] | None) -> None:
    if models == were and were is not None:
        return
    if any(models is None or not models_within(models, mine) for mine in scope.models):
        raise PermissionDeniedError("You cannot let others ask models that you may not ask yourself.")


async def _check_unused(tx: Transaction, scope: Scope, name: str) -> None:
    for repository in _NAMING:
        if await repository(tx, scope).have(name):
            raise RoleInUseError(
                "Somebody has this role: users, groups, invitations, identity providers or issuers. Take it from them."
            )


def _found(row: RoleRow | None) -> RoleRow:
    if row is None or row.name in ROLES:
        raise RoleNotFoundError("The organisation has no such role.")
    return row


def _role(row: RoleRow) -> Role:
    models = None if row.models is None else tuple(row.models)
    permissions = frozenset(row.permissions)
    return Role(
        id=row.id,
        name=row.name,
        terms=RoleTerms(description=row.description, permissions=permissions, models=models),
    )


def _built_in(name: str, row: RoleRow | None) -> Role:
    models = None if row is None or row.models is None else tuple(row.models)
    return Role(id=None, name=name, terms=RoleTerms(description="", permissions=ROLES[name], models=models))


def _act(name: str, role: str) -> Act:
    return Act(name=name, target_kind="role", target_id=role)

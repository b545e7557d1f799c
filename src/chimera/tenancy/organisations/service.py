"""Organisations: founded, renamed, put on another tier, shut out and deleted by who operates the installation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.erasing import MayGo, erase_tenant
from chimera.store.recording import Recorder
from chimera.tenancy.errors import OwnTenantError, TenantActiveError, TenantNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.organisations.organisation import Founding, Organisation, OrganisationChange, Tier, acting_in
from chimera.tenancy.organisations.repository import Homeless, Tenants
from chimera.tenancy.people.by_hand import by_hand, is_by_hand
from chimera.tenancy.people.invitations import Guest, Inviting, Sent
from chimera.tenancy.permissions import OPERATE, OWNER, require
from chimera.tenancy.tables import TenantRow

# Whatever was under way when it was suspended has ended by then.
RESTS: Final = timedelta(minutes=1)
# What is kept when everything of an organisation is deleted: it proves what was done, and no more.
KEPT: Final = frozenset({"audit_chains", "audit_entries", "audit_checkpoints", "audit_cuts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisations:
    """All organisations of the installation. What lies inside them nobody sees here.

    Attributes:
        may_go: Asked before one is deleted.
        on_revoked: Called when an organisation was shut out, so that this replica forgets its credentials at once.
    """

    database: Database
    inviting: Inviting
    recorder: Recorder
    may_go: MayGo
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, *, after: UUID | None, limit: int) -> tuple[Sequence[Organisation], UUID | None]:
        """Organisations, the newest first, and the id after which the next page begins."""
        require(scope, OPERATE)
        async with self.database.system_reading() as tx:
            rows = await Tenants(tx).page(after=after, limit=limit)
        return [_organisation(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None

    async def get(self, scope: Scope, id: UUID) -> Organisation:
        """One's own, or for operators any.

        Raises:
            TenantNotFoundError: if there is none of that id, or it is no business of the caller's.
        """
        self.check_reach(scope, id)
        async with self.database.system_reading() as tx:
            rows = await tx.scalars(Tenants(tx).every().where(TenantRow.id == id))
            return _organisation(_found(rows.one_or_none()))

    def check_reach(self, scope: Scope, id: UUID) -> None:
        """Raises TenantNotFoundError if it is neither the caller's own organisation nor the caller an operator."""
        if id != scope.tenant_id and OPERATE not in scope.permissions:
            raise _none()

    async def found(self, scope: Scope, founding: Founding) -> tuple[Organisation, Sent]:
        """Make an organisation, and invite its owner.

        Raises:
            InvalidEmailError: if the owner's cannot be an address.
        """
        require(scope, OPERATE)
        guest = Guest(email=normalised(founding.owner_email), role=OWNER)
        async with self.database.system_transaction() as tx:
            row = await Tenants(tx).add(TenantRow(name=founding.name, tier=founding.tier, created_at=self.now()))
            there = _at_work_on(scope, row.id)
            sent = await self.inviting.make(tx, there, row, guest)
            await self.recorder.record(tx, there, _act("tenant.created", row.id))
        return _organisation(row), sent

    async def change(self, scope: Scope, id: UUID, change: OrganisationChange) -> Organisation:
        """Rename it, put it on another tier, shut it out or let it in again.

        Raises:
            TenantNotFoundError: if there is none of that id.
            OwnTenantError: if it is to be shut out, and is the caller's own.
        """
        require(scope, OPERATE)
        if change.suspended and id == scope.tenant_id:
            raise _own()
        async with self.database.system_transaction() as tx:
            row = _found(await Tenants(tx).locked(id))
            acts = self._changed(row, change)
            await tx.flush()
            for act in acts:
                await self.recorder.record(tx, _at_work_on(scope, id), act)
        self.on_revoked()
        return _organisation(row)

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Delete an organisation with all that it has, its books too. Only its trail stays, which holds no content.

        Raises:
            TenantNotFoundError: if there is none of that id.
            OwnTenantError: if it is the caller's own.
            TenantActiveError: if it was not suspended a minute ago.
            AppError: of `may_go`.
        """
        require(scope, OPERATE)
        if id == scope.tenant_id:
            raise _own()
        async with self.database.system_reading() as tx:
            found = (await tx.scalars(Tenants(tx).every().where(TenantRow.id == id))).one_or_none()
            suspended_at = _found(found).suspended_at
        if suspended_at is None or self.now() - suspended_at < RESTS:
            raise TenantActiveError(f"Suspend the organisation first, and wait {RESTS.seconds} seconds.")
        there = acting_in(scope, id)
        async with self.database.system_transaction() as tx:
            nowhere_else = await Homeless(tx).among(id)
        async with self.database.transaction(there) as tx:
            await self.may_go(tx, there)
            await erase_tenant(tx, there, but=KEPT)
        async with self.database.system_transaction() as tx:
            await Tenants(tx).forget(id)
            await Homeless(tx).forget(nowhere_else)
            await self.recorder.record(tx, scope, _act("tenant.deleted", id))
        self.on_revoked()

    def _changed(self, row: TenantRow, change: OrganisationChange) -> list[Act]:
        acts = []
        if change.name is not None and change.name != row.name:
            row.name = change.name
            acts.append(_act("tenant.renamed", row.id))
        if not change.keeps_tier and change.tier != row.tier:
            acts.append(_act("tenant.tier_changed", row.id, before=row.tier or "", after=change.tier or ""))
            row.tier = change.tier
        if change.suspended is not None and change.suspended != (row.suspended_at is not None):
            row.suspended_at = self.now() if change.suspended else None
            acts.append(_act("tenant.suspended" if change.suspended else "tenant.restored", row.id))
        return acts


def _at_work_on(scope: Scope, id: UUID) -> Scope:
    if is_by_hand(scope.tenant_id, scope.actor_id):
        return by_hand(id)
    return acting_in(scope, id)


def _organisation(row: TenantRow) -> Organisation:
    return Organisation(
        id=row.id,
        name=row.name,
        tier=cast("Tier | None", row.tier),
        created_at=row.created_at,
        suspended_at=row.suspended_at,
    )


def _found(row: TenantRow | None) -> TenantRow:
    if row is None:
        raise _none()
    return row


def _none() -> TenantNotFoundError:
    return TenantNotFoundError("There is no such organisation.")


def _own() -> OwnTenantError:
    return OwnTenantError("This is the organisation that you act in.")


def _act(name: str, id: UUID, **details: str) -> Act:
    return Act(name=name, target_kind="tenant", target_id=str(id), details=details)

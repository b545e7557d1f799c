"""What is asked of the cashier, and what comes of it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.kit.errors import AppError
from chimera.spend.budgets import Budget
from chimera.spend.cashier.steps import HoldLine
from chimera.spend.claims import Claim, Entry, Grant

_MOST_KNOWN = 10_000


class Hold(Struct, frozen=True):
    """Reserve."""

    claim: Claim


class Settle(Struct, frozen=True):
    """Write the entry, and give the hold back."""

    grant: Grant
    entry: Entry


class Bury(Struct, frozen=True):
    """Settle on behalf of a process that died: only if the hold stands still, and as if all of it had been used."""

    line: HoldLine


class Release(Struct, frozen=True):
    """Give back a hold that nobody was told of; there is no entry, since nothing was asked."""

    claim: Claim


class Adjust(Struct, frozen=True, kw_only=True):
    """Let an entry and its adjustments together come to what an operator found out.

    Attributes:
        cost_nusd: What the attempt cost in truth.
    """

    tenant_id: UUID
    call_id: UUID
    entry_id: UUID
    cost_nusd: int


Return: TypeAlias = Settle | Bury | Release
"""What gives a hold back."""
Operation: TypeAlias = Hold | Settle | Bury | Release | Adjust
Outcome: TypeAlias = Grant | AppError | None
"""A grant for a hold, a refusal, or nothing for what is simply done."""


def hold_of(operation: Return) -> tuple[UUID, UUID]:
    """Tenant and id of the hold that an operation gives back."""
    match operation:
        case Settle(grant, _):
            return grant.claim.scope.tenant_id, grant.claim.id
        case Release(claim):
            return claim.scope.tenant_id, claim.id
        case Bury(line):
            return line.tenant_id, line.id


def tenant_of(operation: Operation) -> UUID:
    match operation:
        case Hold(claim) | Release(claim):
            return claim.scope.tenant_id
        case Settle(grant, _):
            return grant.claim.scope.tenant_id
        case Bury(line):
            return line.tenant_id
        case Adjust(tenant_id=tenant_id):
            return tenant_id


@dataclass(slots=True)
class Shelf:
    """Budgets read before. Each transaction says which of them have changed since."""

    _known: OrderedDict[UUID, tuple[int, tuple[Budget, ...]]] = field(
        default_factory=OrderedDict[UUID, tuple[int, tuple[Budget, ...]]]
    )

    def stale(self, versions: Sequence[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
        """The tenants whose budgets must be read again."""
        return [(tenant, version) for tenant, version in versions if self._version(tenant) != version]

    def put(self, tenant: UUID, version: int, budgets: tuple[Budget, ...]) -> None:
        self._known[tenant] = (version, budgets)
        self._known.move_to_end(tenant)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    def of(self, tenant: UUID) -> tuple[Budget, ...]:
        return self._known[tenant][1]

    def _version(self, tenant: UUID) -> int | None:
        known = self._known.get(tenant)
        return known[0] if known else None

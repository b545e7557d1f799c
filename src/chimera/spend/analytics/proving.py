"""Proof that days were added up to what their lines say, and how they are made anew."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chimera.kit.scope import Scope
from chimera.spend.analytics.folding import of_tenant
from chimera.spend.analytics.repository import AllFolds, AllUsageDays, Folds, UsageDays, UsageEntries
from chimera.store import Database, Transaction


async def wrong_days(database: Database, tenant_id: UUID) -> Sequence[date]:
    """Days whose sums are not those of the lines that were added, at one moment. Nobody waits for it.

    Raises:
        DatabaseUnavailableError: if it cannot be reached.
    """
    scope = of_tenant(tenant_id)
    async with database.reading(scope) as tx:
        days = sorted({*await UsageEntries(tx, scope).days(), *await UsageDays(tx, scope).days()})
        return await wrong_among(tx, scope, days)


async def wrong_among(tx: Transaction, scope: Scope, days: Sequence[date]) -> Sequence[date]:
    """Those of these days whose sums are not those of the lines that were added."""
    entries, kept = UsageEntries(tx, scope), UsageDays(tx, scope)
    through = await Folds(tx, scope).position()
    return [
        day for day in days if dict(await entries.alike([day], after=0, through=through)) != dict(await kept.of(day))
    ]


async def forget_sums(database: Database, tenant_id: UUID) -> None:
    """Let a running server add all of it up again. Until then reports read every line: exact as ever, but slow."""
    async with database.system_transaction() as tx:
        await AllFolds(tx).forget(tenant_id)
        await AllUsageDays(tx).forget(tenant_id)

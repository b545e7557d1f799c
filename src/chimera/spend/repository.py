"""Queries of this package."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from chimera.spend.budgets import Kind, Window, day_of
from chimera.spend.tables import BookRow, BudgetRow, BudgetWindowRow, CashierRow, EntryRow, HoldRow
from chimera.store import SystemRepository, Transaction

_SUBJECT: Mapping[Kind, tuple[InstrumentedAttribute[Any], ...]] = {
    "tenant": (),
    "team": (EntryRow.team_ids,),
    "user": (EntryRow.actor_id,),
    "key": (EntryRow.key_id, EntryRow.maker_ids),
    "model": (EntryRow.provider, EntryRow.model),
    "conversation": (EntryRow.conversation_id,),
}


class AllBooks(SystemRepository[BookRow]):
    table = BookRow

    async def tenants(self) -> Sequence[UUID]:
        return list(
            await self._tx.scalars(self.every().with_only_columns(BookRow.tenant_id).order_by(BookRow.tenant_id))
        )

    async def lock(self, tenant_id: UUID) -> None:
        """Until the transaction ends; and let every cashier read the budgets again."""
        await self.run(self.changing().where(BookRow.tenant_id == tenant_id).values(version=BookRow.version + 1))


class AllBudgets(SystemRepository[BudgetRow]):
    table = BudgetRow

    async def of(self, tenant_id: UUID) -> Sequence[BudgetRow]:
        return list(await self._tx.scalars(self.every().where(BudgetRow.tenant_id == tenant_id)))


class AllWindows(SystemRepository[BudgetWindowRow]):
    table = BudgetWindowRow

    async def of(self, tenant_id: UUID) -> Sequence[BudgetWindowRow]:
        return list(await self._tx.scalars(self.every().where(BudgetWindowRow.tenant_id == tenant_id)))

    async def replace(self, tenant_id: UUID, counters: Mapping[Window, tuple[int, int]]) -> None:
        await self.run(self.removing().where(BudgetWindowRow.tenant_id == tenant_id))
        self._tx.expunge_all()
        self._tx.add_all(window_rows(tenant_id, counters))
        await self._tx.flush()


class AllEntries(SystemRepository[EntryRow]):
    table = EntryRow

    def of(self, tenant_id: UUID) -> Select[EntryRow]:
        return self.every().where(EntryRow.tenant_id == tenant_id)

    async def find(self, id: UUID) -> EntryRow | None:
        return (await self._tx.scalars(self.every().where(EntryRow.id == id))).one_or_none()

    async def sum_nusd(self, tenant_id: UUID) -> int:
        query = self.of(tenant_id).with_only_columns(func.coalesce(func.sum(EntryRow.cost_nusd), 0))
        return int(await self._tx.scalar(query) or 0)


class AllHolds(SystemRepository[HoldRow]):
    table = HoldRow

    def of(self, tenant_id: UUID) -> Select[HoldRow]:
        return self.every().where(HoldRow.tenant_id == tenant_id)

    async def standing(self) -> Sequence[tuple[HoldRow, datetime | None]]:
        """Every hold, oldest first, and when its cashier was last seen."""
        query = (
            select(HoldRow, CashierRow.seen_at)
            .outerjoin(CashierRow, CashierRow.id == HoldRow.cashier_id)
            .order_by(HoldRow.held_at)
        )
        return [(row[0], row[1]) for row in await self._tx.execute(query)]

    async def dead(self, cutoff: datetime, *, besides: UUID, most: int) -> Sequence[HoldRow]:
        """Holds whose cashiers were not seen since the cutoff, or are gone; our own lives, whatever its row says."""
        living = select(CashierRow.id).where(CashierRow.seen_at >= cutoff)
        query = self.every().where(HoldRow.cashier_id != besides, HoldRow.cashier_id.not_in(living))
        return list(await self._tx.scalars(query.order_by(HoldRow.tenant_id, HoldRow.id).limit(most)))


class Cashiers(SystemRepository[CashierRow]):
    table = CashierRow

    async def leave(self, id: UUID) -> None:
        await self.run(self.removing().where(CashierRow.id == id))

    async def forget(self, cutoff: datetime, *, besides: UUID) -> None:
        """Remove those that were not seen since the cutoff."""
        await self.run(self.removing().where(CashierRow.seen_at < cutoff, CashierRow.id != besides))


def window_rows(tenant_id: UUID, counters: Mapping[Window, tuple[int, int]]) -> Sequence[BudgetWindowRow]:
    return [
        BudgetWindowRow(
            tenant_id=tenant_id,
            id=window.budget_id,
            subject=window.subject,
            starts_on=window.starts_on,
            settled=settled,
            held=held,
        )
        for window, (settled, held) in counters.items()
    ]


async def sums_by(
    tx: Transaction, entries: Select[EntryRow], kind: Kind, *, since: datetime
) -> Sequence[tuple[Any, ...]]:
    """Sums of cost, tokens and requests of a tenant's entries, after the columns of the subject and the day."""
    by = (*_SUBJECT[kind], EntryRow.day)
    sums = (func.coalesce(func.sum(column), 0) for column in (EntryRow.cost_nusd, EntryRow.tokens, EntryRow.requests))
    query = (
        entries.with_only_columns(*by, *sums)
        .where(EntryRow.day >= day_of(since), EntryRow.held_at >= since)
        .group_by(*by)
    )
    return [tuple(row) for row in await tx.execute(query)]


async def holds_in(tx: Transaction, holds: Select[HoldRow]) -> Sequence[HoldRow]:
    return list(await tx.scalars(holds))

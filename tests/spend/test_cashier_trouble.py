"""The database goes, answers are lost, processes die: no money is lost, none is counted twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from tests.sealing import connect_with_keys
from tests.spend.desk import budget, claim, counters, entry, held, ledger, someone, spend

from chimera.bootstrap.parts.spend import open_books, till_of
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.spend.analytics.repository import UsageEntries
from chimera.spend.analytics.sums import Sums
from chimera.spend.cashier.cashier import Cashier, Pace
from chimera.spend.cashier.operations import Adjust
from chimera.spend.cashier.reaper import Reaper
from chimera.spend.cashier.steps import Script, T, Till
from chimera.spend.errors import EntryNotFoundError
from chimera.spend.reconciling import reconcile, standing
from chimera.spend.repository import AllWindows, Cashiers
from chimera.store import Database, DatabaseUnavailableError


@dataclass(slots=True)
class Unsound:
    """A till that fails before its transactions, or loses the answers to their commits."""

    sound: Till
    away: bool = False
    unheard: int = 0

    async def run(self, script: Script[T]) -> T:
        if self.away:
            raise DatabaseUnavailableError("It is away.")
        done = await self.sound.run(script)
        if self.unheard:
            self.unheard -= 1
            raise DatabaseUnavailableError("Was it kept?")
        return done

    def kept(self) -> "asyncio.Future[None] | None":
        return self.sound.kept()


async def summed(database: Database, scope: Scope, day: date) -> Sums:
    """As usage and invoices tell it."""
    async with database.reading(scope) as tx:
        ((_, sums),) = await UsageEntries(tx, scope).by_model(day)
    return sums


@asynccontextmanager
async def unsound(database: Database) -> AsyncGenerator[tuple[Cashier, Unsound]]:
    till = Unsound(till_of(database))
    cashier = Cashier(till=till, pace=Pace(pause_s=0.01))
    running = asyncio.create_task(cashier.run())
    yield cashier, till
    running.cancel()


async def test_without_a_database_nothing_is_granted_and_what_was_spent_is_written_later(database: Database) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    async with unsound(database) as (books, till):
        first, second = await books.hold(claim(ada)), await books.hold(claim(ada))
        till.away = True
        with pytest.raises(DatabaseUnavailableError):
            await books.hold(claim(ada))
        with pytest.raises(DatabaseUnavailableError):
            await books.settle(first, entry(400))
        books.settle_later(second, entry(300))
        till.away = False
        await books.drain(grace_s=5)
    assert sorted(line.cost_nusd or 0 for line in await ledger(database, ada)) == [300, 400]
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (700, 0)}


async def test_a_commit_whose_answer_was_lost_counts_once(database: Database) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    async with unsound(database) as (books, till):
        grant = await books.hold(claim(ada))
        till.unheard = 2
        with pytest.raises(DatabaseUnavailableError):
            await books.hold(claim(ada))
        await books.drain(grace_s=5)
        till.unheard = 2
        with pytest.raises(DatabaseUnavailableError):
            await books.settle(grant, entry(400))
        await books.drain(grace_s=5)
    assert [line.cost_nusd for line in await ledger(database, ada)] == [400]
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 0)}
    assert await held(database, ada) == 0


async def test_what_cannot_be_written_keeps_nothing_else_from_it(database: Database) -> None:
    ada = await someone(database)
    await budget(database, ada, 50_000)
    async with open_books(database) as books:
        grants = [await books.hold(claim(ada)) for _ in range(3)]
        impossible = replace(entry(), cost_nusd=2**70)
        entries = [entry(1), impossible, entry(2)]
        settled = await asyncio.gather(
            *(books.settle(grant, one) for grant, one in zip(grants, entries, strict=True)), return_exceptions=True
        )
        assert [isinstance(one, Exception) for one in settled] == [False, True, False]
        await spend(books, ada, 3)
    assert sorted(line.cost_nusd or 0 for line in await ledger(database, ada)) == [1, 2, 3]


async def die(database: Database, scope: Scope, holds: int) -> Cashier:
    """Hold, and be heard of no more."""
    cashier = Cashier(till=till_of(database))
    running = asyncio.create_task(cashier.run())
    for _ in range(holds):
        await cashier.hold(claim(scope))
    running.cancel()
    await age(database, cashier)
    return cashier


async def age(database: Database, cashier: Cashier) -> None:
    """Let a cashier have been silent for longer than a lease."""
    async with database.system_transaction() as tx:
        cashiers = Cashiers(tx)
        await cashiers.run(cashiers.changing().values(seen_at=utc_now() - timedelta(seconds=31)))


async def test_what_the_dead_held_becomes_entries_once_however_many_look(database: Database) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    await die(database, ada, 3)
    async with open_books(database) as one, open_books(database) as other:
        reapers = [Reaper(database=database, cashier=cashier) for cashier in (one, other)]
        await asyncio.gather(*(reaper.round() for reaper in reapers))
        await asyncio.gather(one.drain(grace_s=5), other.drain(grace_s=5))
    lines = await ledger(database, ada)
    assert [(line.outcome, line.measured, line.cost_nusd) for line in lines] == [("lost", "worst_case", 1_000)] * 3
    assert [(line.tokens, line.requests) for line in lines] == [(100, 1)] * 3
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (3_000, 0)}
    assert await held(database, ada) == 0


async def test_the_holds_of_the_living_are_left_alone(database: Database) -> None:
    ada = await someone(database)
    async with open_books(database) as one, open_books(database) as other:
        await one.hold(claim(ada))
        assert await Reaper(database=database, cashier=other).round() == 0
        assert [hold.is_leaked for hold in await standing(database)] == [False]
        # Alone on a file, a server knows that whoever was seen before it began is dead.
        assert await Reaper(database=database, cashier=other, dead_before=utc_now()).round() == 1


async def test_a_replica_whose_clock_is_wrong_is_seen_alive_all_the_same(postgres_url: str) -> None:
    async with connect_with_keys(postgres_url) as database, open_books(database) as other:
        ada = await someone(database)
        late = Cashier(till=till_of(database), clock=lambda: utc_now() - timedelta(hours=1))
        running = asyncio.create_task(late.run())
        await late.hold(claim(ada))
        assert await Reaper(database=database, cashier=other).round() == 0
        assert [hold.is_leaked for hold in await standing(database)] == [False]
        running.cancel()


async def test_one_believed_dead_that_settles_after_all_puts_it_right(database: Database) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    async with open_books(database) as slow, open_books(database) as other:
        grant = await slow.hold(claim(ada))
        await age(database, slow)
        assert await Reaper(database=database, cashier=other).round() == 1
        await slow.settle(grant, entry(400))
        await slow.settle(grant, entry(400))
    lost, late = await ledger(database, ada)
    assert (lost.outcome, lost.cost_nusd, late.outcome, late.cost_nusd) == ("lost", 1_000, "adjustment", -600)
    assert (late.adjusts, late.tokens, late.requests) == (lost.id, -60, 0)
    sums = await summed(database, ada, lost.day)
    assert (sums.cost_nusd, sums.requests) == (400, 1)
    assert (sums.input_tokens, sums.output_tokens) == (late.input_tokens, late.output_tokens) != (0, 0)
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 0)}
    assert (await reconcile(database)).is_exact


async def test_an_operator_puts_an_entry_right(database: Database) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    async with open_books(database) as books:
        grant = await spend(books, ada, 1_000)
        named = {"tenant_id": ada.tenant_id, "call_id": grant.claim.call_id}
        await books.adjust(Adjust(entry_id=grant.claim.id, cost_nusd=250, **named))
        await asyncio.gather(*(books.adjust(Adjust(entry_id=grant.claim.id, cost_nusd=300, **named)) for _ in range(2)))
        with pytest.raises(EntryNotFoundError):
            await books.adjust(Adjust(entry_id=new_id(), cost_nusd=1, **named))
        first = (await ledger(database, ada))[0]
        sums = await summed(database, ada, first.day)
        assert (sums.cost_nusd, sums.input_tokens, sums.output_tokens) == (300, first.input_tokens, first.output_tokens)
    assert sum(line.cost_nusd or 0 for line in await ledger(database, ada)) == 300
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (300, 0)}


async def test_after_an_outage_nobody_is_believed_dead_before_all_could_speak(database: Database) -> None:
    now = [100.0]
    ada = await someone(database)
    dead = await die(database, ada, 1)
    till = Unsound(till_of(database))
    cashier = Cashier(till=till, monotonic=lambda: now[0], pace=Pace(pause_s=0.01))
    running = asyncio.create_task(cashier.run())
    await cashier.hold(claim(ada))
    reaper = Reaper(database=database, cashier=cashier)
    now[0] += 20  # as if every sign of life in between had failed
    await cashier.hold(claim(ada))
    assert await reaper.round() == 0
    now[0] += 31
    assert await reaper.round() == 1
    assert dead.id not in {hold.cashier_id for hold in await standing(database)}
    running.cancel()


async def test_reconciling_finds_what_differs_and_mends_it(database: Database) -> None:
    ada = await someone(database)
    await budget(database, ada, 5_000)
    await budget(database, ada, 5_000, kind="user", period="total", unit="tokens")
    async with open_books(database) as books:
        await spend(books, ada)
        await books.hold(claim(ada))
        assert (await reconcile(database)).is_exact
        async with database.system_transaction() as tx:
            windows = AllWindows(tx)
            await windows.run(windows.changing().values(settled=1, held=2))
        found = await reconcile(database, repair=True)
        assert {(one.kept, one.true) for one in found.differences} == {((1, 2), (400, 1_000)), ((1, 2), (40, 100))}
        mended = await reconcile(database)
        assert (mended.is_exact, mended.windows, mended.spent_nusd) == (True, 2, 400)
    leaked = await reconcile(database)
    assert [hold.cost_nusd for hold in leaked.leaked] == [1_000]

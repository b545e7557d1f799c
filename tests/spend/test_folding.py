"""Sums of days and the lines that are not in them yet are the ledger: always, whoever adds up, and whoever dies."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.spend.desk import ledger, someone
from tests.spend.desk import spend as spend_some
from tests.spend.pages import NOON, entry, write

from chimera.bootstrap.parts.spend import open_books
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.spend.analytics.folding import Folding
from chimera.spend.analytics.proving import wrong_days
from chimera.spend.analytics.repository import Folds
from chimera.spend.analytics.sums import Bucket, Group, GroupBy, Grouping, Wanted
from chimera.spend.analytics.usage import Usage
from chimera.spend.cashier.operations import Adjust
from chimera.spend.tables import EntryRow
from chimera.store import Database, connect

TIMES = (
    Wanted(since=NOON - timedelta(days=9), until=NOON + timedelta(days=2)),
    Wanted(since=NOON.replace(hour=0) - timedelta(days=3), until=NOON.replace(hour=0)),
    Wanted(since=NOON - timedelta(hours=2), until=NOON + timedelta(hours=3)),
    Wanted(since=NOON - timedelta(days=9), until=NOON + timedelta(days=2), model="m1"),
)
GROUPINGS: tuple[tuple[Bucket | None, GroupBy | None], ...] = ((None, None), ("day", None), ("month", "user"))
# Some portions of it, and killed between two of them.
KILLED_AFTER_LINES = 2_000
FOLDS_FOR_EVER = """
import asyncio, sys, uuid
import chimera.tenancy.tables
from chimera.kit.clock import utc_now
from chimera.spend.analytics.folding import Folding, of_tenant
from chimera.store import connect

async def main(url, tenant):
    async with connect(url) as database:
        while True:
            await Folding(database=database, clock=utc_now, at_once=20).fold(of_tenant(uuid.UUID(tenant)))

asyncio.run(main(*sys.argv[1:]))
"""


def some_entries(drawn: random.Random, ada: Scope, kept: list[EntryRow]) -> Iterator[EntryRow]:
    """Of today and of days long past, unpriced ones, and corrections of what is there."""
    for _ in range(drawn.randrange(12)):
        at = NOON + timedelta(hours=drawn.choice((0, 0, 1, -1, -20, -100, -210)), seconds=drawn.randrange(3600))
        corrected = drawn.choice(kept) if kept and drawn.random() < 0.2 else None
        made = entry(
            ada.tenant_id,
            drawn.choice((ada.actor_id, ada.tenant_id)),
            held_at=corrected.held_at if corrected else at,
            model=f"m{drawn.randrange(3)}",
            cost_nusd=drawn.choice((None, drawn.randrange(-50 if corrected else 0, 10**12))),
            adjusts=corrected.id if corrected else None,
        )
        kept.append(made)
        yield made


def expected(rows: Sequence[EntryRow], wanted: Wanted, grouping: Grouping) -> dict[Group, tuple[int, int]]:
    costs, counts = Counter[Group](), Counter[Group]()
    for row in rows:
        if not wanted.since <= row.held_at < wanted.until or wanted.model not in {None, row.model}:
            continue
        start = {None: None, "day": row.day, "month": row.day.replace(day=1)}[grouping.bucket or None]
        group = Group(start, str(row.actor_id) if grouping.by else None)
        costs[group] += row.cost_nusd or 0
        counts[group] += 1
    return {group: (count, costs[group]) for group, count in counts.items()}


async def told(database: Database, ada: Scope, wanted: Wanted, grouping: Grouping) -> dict[Group, tuple[int, int]]:
    groups = await Usage(database=database, clock=utc_now).grouped(ada, wanted, grouping)
    return {group: (sums.entries, sums.cost_nusd) for group, sums in groups.items() if sums.entries}


@pytest.mark.parametrize("seed", range(3))
async def test_sums_and_what_is_not_in_them_yet_are_the_ledger_whatever_comes_when(
    database: Database, seed: int
) -> None:
    drawn, ada, kept = random.Random(seed), await someone(database), list[EntryRow]()
    replicas = [Folding(database=database, clock=lambda: NOON, at_once=drawn.choice((1, 3, 1000))) for _ in range(2)]
    for _ in range(12):
        await write(database, *some_entries(drawn, ada, kept))
        match drawn.randrange(3):
            case 0:
                await asyncio.gather(*(replica.fold(ada) for replica in replicas))
            case 1:
                await drawn.choice(replicas).fold_all()
            case _:
                pass
        for wanted in TIMES:
            for bucket, by in GROUPINGS:
                grouping = Grouping(bucket=bucket, by=by)
                assert await told(database, ada, wanted, grouping) == expected(kept, wanted, grouping)
    assert await wrong_days(database, ada.tenant_id) == []


async def test_every_line_is_in_the_sums_once_while_two_cashiers_write_and_two_replicas_add_up(
    database: Database,
) -> None:
    ada = await someone(database)
    now = utc_now()
    wanted = Wanted(since=now.replace(hour=0) - timedelta(days=1), until=now + timedelta(days=2))
    usage, over = Usage(database=database, clock=utc_now), asyncio.Event()

    async def add_up() -> int:
        added, folding = 0, Folding(database=database, clock=utc_now, at_once=7)
        while not over.is_set():
            added += await folding.fold(ada)
        return added + await folding.fold(ada)

    async def look() -> None:
        seen = 0
        while not over.is_set():
            before = sum(line.cost_nusd or 0 for line in await ledger(database, ada))
            found = (await usage.total(ada, wanted)).cost_nusd
            after = sum(line.cost_nusd or 0 for line in await ledger(database, ada))
            assert max(before, seen) <= found <= after
            seen = found

    async with open_books(database) as one, open_books(database) as other, asyncio.TaskGroup() as group:
        replicas = [group.create_task(add_up()) for _ in range(2)]
        group.create_task(look())
        for _ in range(8):
            grants = await asyncio.gather(*(spend_some(books, ada, 7) for books in (one, other) for _ in range(5)))
        late = Adjust(
            tenant_id=ada.tenant_id, call_id=grants[0].claim.call_id, entry_id=grants[0].claim.id, cost_nusd=9
        )
        await one.adjust(late)
        over.set()
    assert sum(replica.result() for replica in replicas) == 81
    assert (await usage.total(ada, wanted)).cost_nusd == 80 * 7 + 2
    assert await wrong_days(database, ada.tenant_id) == []


async def test_who_adds_up_and_is_killed_leaves_neither_a_gap_nor_a_line_twice(
    database_url: str, tmp_path: Path
) -> None:
    script = tmp_path / "folds.py"
    script.write_text(FOLDS_FOR_EVER)
    async with connect(database_url) as database:
        ada = await someone(database)
        await write(database, *(entry(ada.tenant_id, new_id(), cost_nusd=n) for n in range(KILLED_AFTER_LINES)))
        child = await asyncio.create_subprocess_exec(sys.executable, script, database_url, str(ada.tenant_id))
        async with asyncio.timeout(60):
            while not await place(database, ada):
                pass
        child.kill()
        assert await child.wait() < 0
        assert await wrong_days(database, ada.tenant_id) == []
        total = await Usage(database=database, clock=utc_now).total(ada, TIMES[0])
        assert (total.entries, total.cost_nusd) == (KILLED_AFTER_LINES, sum(range(KILLED_AFTER_LINES)))
        left = await Folding(database=database, clock=utc_now).fold(ada)
        assert 0 < left < KILLED_AFTER_LINES
        assert await wrong_days(database, ada.tenant_id) == []
        total = await Usage(database=database, clock=utc_now).total(ada, TIMES[0])
        assert (total.entries, total.cost_nusd) == (KILLED_AFTER_LINES, sum(range(KILLED_AFTER_LINES)))


async def place(database: Database, ada: Scope) -> int:
    async with database.reading(ada) as tx:
        return await Folds(tx, ada).position()

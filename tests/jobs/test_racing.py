"""Several replicas after the same jobs, with clocks that are wrong, and an end in between."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest
from tests.jobs.house import House, someone

from chimera.jobs.job import Order
from chimera.jobs.repository import AllJobs
from chimera.jobs.service import JobPace, JobWorkers, Lease, WorkKind
from chimera.store import Database

QUICK = JobPace(look_s=0.05, heartbeat_s=0.05)


@asynccontextmanager
async def running(*workers: JobWorkers) -> AsyncGenerator[None]:
    tasks = [asyncio.create_task(each.run()) for each in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_done(house: House, kind: str) -> None:
    """Until nobody has a job of the kind any more: looks as an operator does."""
    while True:
        async with house.database.system_reading() as tx:
            if not any(one.kind == kind for one in await AllJobs(tx).counts()):
                return
        await asyncio.sleep(0.05)


class Effects:
    """Leaves one row for each effect, written under the fence: an order of another kind, that nobody does."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.begun = Counter[UUID]()

    async def __call__(self, lease: Lease) -> None:
        self.begun[lease.job.id] += 1
        async with lease.last() as tx:
            await self.house.jobs.put(tx, lease.scope, Order(kind="effect", payload={"of": str(lease.job.id)}))


@pytest.mark.parametrize(("jobs", "ahead"), [(500, timedelta()), (100, timedelta(minutes=10))])
async def test_of_many_jobs_each_has_its_effect_once_whoever_races_for_them(
    database: Database, jobs: int, ahead: timedelta
) -> None:
    house = House(database=database, pace=QUICK)
    effects = Effects(house)
    house.kinds = (WorkKind(name="race", handle=effects, at_once=8, of_tenant=4, most_attempts=1000),)
    scopes = [someone() for _ in range(5)]
    for scope in scopes:
        await house.put(scope, *(Order(kind="race") for _ in range(jobs // len(scopes))))
    async with running(house.workers("a"), house.workers("b", ahead=ahead)), asyncio.timeout(50):
        await until_done(house, "race")
    told = Counter([row.payload["of"] for scope in scopes for row in await house.left(scope)])
    assert (len(told), max(told.values())) == (jobs, 1)
    if not ahead:
        assert effects.begun.total() == jobs


async def test_what_is_under_way_at_the_end_is_given_back_and_done_by_another_at_once(database: Database) -> None:
    began, done = asyncio.Event(), asyncio.Event()
    hangs = True

    async def work(lease: Lease) -> None:
        began.set()
        if hangs:
            await asyncio.Event().wait()
        done.set()

    house = House(database=database, kinds=(WorkKind(name="long", handle=work),), pace=QUICK)
    ada = someone()
    async with running(house.workers("a")), asyncio.timeout(20):
        await house.put(ada, Order(kind="long"))
        await house.jobs.wake()
        await began.wait()
    (row,) = await house.left(ada)
    assert (row.state, row.attempts, row.fence) == ("waiting", 0, 1)
    hangs = False
    async with running(house.workers("b")), asyncio.timeout(20):
        await done.wait()
        await until_done(house, "long")


async def test_a_worker_hears_that_its_job_was_cancelled_and_stops(database: Database) -> None:
    began, left = asyncio.Event(), asyncio.Event()

    async def work(lease: Lease) -> None:
        began.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        left.set()

    house = House(database=database, kinds=(WorkKind(name="long", handle=work),), pace=QUICK)
    ada = someone()
    async with running(house.workers("a")), asyncio.timeout(20):
        await house.put(ada, Order(kind="long", key="k"))
        await began.wait()
        async with database.transaction(ada) as tx:
            assert await house.jobs.cancel(tx, ada, "long", "k")
        await left.wait()

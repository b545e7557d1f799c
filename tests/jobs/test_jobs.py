"""Jobs: kept with what they are about, one of a key, tried again and given up, each step once, never by two."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.jobs.house import House, someone

from chimera.jobs.errors import JobFailedError, LeaseLostError
from chimera.jobs.job import Again, Order
from chimera.jobs.repository import KeptJobs
from chimera.jobs.service import Lease, Schedule, WorkKind
from chimera.jobs.states import JobState
from chimera.kit.ids import new_id
from chimera.store import Database


class Books:
    """Work that counts what it does."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.trouble: list[Exception] = []

    async def __call__(self, lease: Lease) -> Again | None:
        if self.trouble:
            raise self.trouble.pop()
        self.done.append(lease.job.payload.get("n"))
        return None

    def kind(self, **terms: object) -> WorkKind:
        return WorkKind(name="book", handle=self, **terms)  # type: ignore[arg-type]  # a test's terms


def order(n: int, **more: object) -> Order:
    return Order(kind="book", payload={"n": n}, **more)  # type: ignore[arg-type]  # a test's orders


async def test_what_was_put_is_done_once_when_it_is_due_and_never_if_its_transaction_failed(database: Database) -> None:
    books = Books()
    house, ada = House(database=database, kinds=(books.kind(),)), someone()
    await house.put(ada, order(1), order(2, due_at=house.moment + timedelta(minutes=5)))

    async def put_and_fail() -> None:
        async with database.transaction(ada) as tx:
            await house.jobs.put(tx, ada, order(3))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await put_and_fail()
    await house.put(ada, Order(kind="unknown here"))
    await house.work()
    assert books.done == [1]
    house.pass_time(minutes=5)
    await house.work()
    assert books.done == [1, 2]
    assert [row.kind for row in await house.left(ada)] == ["unknown here"]


async def test_one_of_a_key_waits_and_what_is_put_while_it_runs_is_done_after_it(database: Database) -> None:
    books = Books()
    house, ada, bob = House(database=database, kinds=(books.kind(),)), someone(), someone()
    await house.put(ada, order(1, key="k"), order(2, key="k"), order(3, key="other"))
    await house.put(bob, order(9, key="k"))
    async with database.transaction(ada) as tx:
        assert not await house.jobs.ensure(tx, ada, order(4, key="k"))
        assert await house.jobs.ensure(tx, ada, order(5, key="fifth"))
    await house.work()
    assert sorted(books.done, key=str) == [2, 3, 5, 9]
    books.done.clear()
    workers = house.workers()
    await house.put(ada, order(1, key="k"))
    (running,) = await workers.claim()
    await house.put(ada, order(2, key="k"), order(3, key="k"))
    await workers.lead(running)
    assert books.done == [1]
    await house.work()
    assert books.done == [1, 3]
    assert await house.left(ada) == []


async def test_what_fails_is_tried_again_ever_later_and_dies_at_last_with_its_reason(database: Database) -> None:
    books = Books()
    house, ada = House(database=database, kinds=(books.kind(most_attempts=3),)), someone()
    await house.put(ada, order(1, key="k"))
    books.trouble = [ValueError("secret"), ValueError("secret"), ValueError("secret")]
    rests = []
    for _ in range(3):
        await house.work()
        (row,) = await house.left(ada)
        rests.append((row.due_at - house.moment).total_seconds())
        assert row.trouble == "ValueError"
        house.moment = max(house.moment, row.due_at)
    assert 4 <= rests[0] <= 6 < rests[1] <= 12
    assert row.state == JobState.DEAD
    house.pass_time(days=1)
    assert await house.work() == []
    await house.workers().count()
    assert house.registry.get_sample_value("chimera_jobs", {"kind": "book", "state": "dead"}) == 1
    async with database.transaction(ada) as tx:
        assert await KeptJobs(tx, ada).retry(row.id, house.moment)
    await house.work()
    assert (books.done, await house.left(ada)) == ([1], [])
    books.trouble = [JobFailedError("It cannot be done.")]
    await house.put(ada, order(2))
    await house.work()
    assert [(one.state, one.trouble) for one in await house.left(ada)] == [("dead", "job_failed")]


async def test_a_step_that_was_kept_is_not_done_again_by_who_takes_the_job_over(database: Database) -> None:
    steps: list[str] = []
    dies = True

    async def travel(lease: Lease) -> None:
        async def pack() -> str:
            steps.append("pack")
            return "a bag"

        async def leave() -> str:
            if dies:
                raise asyncio.CancelledError  # as of a process that ends here
            steps.append("leave")
            return "gone"

        assert await lease.step("pack", pack) == "a bag"
        assert await lease.step("leave", leave) == "gone"

    house, ada = House(database=database, kinds=(WorkKind(name="travel", handle=travel),)), someone()
    await house.put(ada, Order(kind="travel"))
    first = house.workers()
    (job,) = await first.claim()
    with pytest.raises((asyncio.CancelledError, LeaseLostError)):
        await travel(Lease(database=database, job=job, pace=house.pace, now=house.now))
    dies = False
    assert await house.work() == []  # its lease is not over
    house.pass_time(seconds=31)
    (again,) = await house.work()
    assert (again.id, again.fence, again.attempts) == (job.id, 2, 2)
    assert (steps, await house.left(ada)) == (["pack", "leave"], [])


async def test_who_lost_a_lease_writes_nothing_more(database: Database) -> None:
    books = Books()
    house, ada = House(database=database, kinds=(books.kind(),)), someone()
    await house.put(ada, order(1))
    slow, quick = house.workers("slow"), house.workers("quick")
    (late,) = await slow.claim()
    house.pass_time(seconds=31)
    (taken,) = await quick.claim()
    lease = Lease(database=database, job=late, pace=house.pace, now=house.now)
    with pytest.raises(LeaseLostError):
        async with lease.held() as tx:
            await house.jobs.put(tx, ada, order(7))
    with pytest.raises(LeaseLostError):
        async with lease.last() as tx:
            await house.jobs.put(tx, ada, order(8))
    await slow.lead(late)  # it does its work for nothing, and settles nothing
    assert [(row.fence, row.state) for row in await house.left(ada)] == [(2, "running")]
    async with database.transaction(ada) as tx:
        assert not await house.jobs.cancel(tx, ada, "book", "no such")
    async with database.transaction(ada) as tx:
        assert await KeptJobs(tx, ada).delete(taken.id)
    await quick.lead(taken)
    assert await house.left(ada) == []


async def test_nobody_starves_behind_an_organisation_with_much_to_do(database: Database) -> None:
    books = Books()
    house, small = House(database=database, kinds=(books.kind(at_once=3, of_tenant=1),)), someone()
    large = [someone() for _ in range(3)]
    for one in large:
        await house.put(one, *(order(n) for n in range(20)))
    house.pass_time(minutes=1)
    await house.put(small, order(100), order(101, priority=5))
    workers = house.workers()
    taken = await workers.claim()
    assert {job.tenant_id for job in taken} == {one.tenant_id for one in large}  # they came first
    order_of_service = []
    for _ in range(8):
        job = taken.pop(0)
        await workers.lead(job)
        workers.places.give_back(job.kind, job.tenant_id)
        taken += await workers.claim()
        order_of_service.append(taken[-1].tenant_id)
    assert order_of_service[0] == small.tenant_id  # the first place that was free
    assert order_of_service.count(small.tenant_id) == 2
    assert books.done.index(101) < 8
    assert 100 not in books.done or books.done.index(101) < books.done.index(100)


async def test_of_several_replicas_one_does_what_is_scheduled_and_another_if_that_dies(database: Database) -> None:
    planned: list[str] = []
    fails = True

    async def plan() -> None:
        planned.append("tried")
        if fails:
            raise ValueError

    house = House(database=database, schedules=(Schedule(name="hourly", every=timedelta(hours=1), plan=plan),))
    one, other = house.workers("a").scheduler, house.workers("b").scheduler
    assert await one.look() + await other.look() == 0
    assert planned == ["tried"]
    fails = False
    house.pass_time(seconds=61)
    assert [await one.look(), await other.look(), await one.look()] == [1, 0, 0]
    house.pass_time(hours=5, minutes=30)
    assert sorted(await asyncio.gather(one.look(), other.look())) == [0, 1]  # what was missed is not made up for
    house.pass_time(minutes=29)
    assert await one.look() == 0
    house.pass_time(minutes=2)
    assert await other.look() == 1


async def test_what_is_in_a_lane_is_done_one_after_the_other_even_while_the_first_one_rests(database: Database) -> None:
    books = Books()
    house, ada, bob = House(database=database, kinds=(books.kind(most_attempts=2),)), someone(), someone()
    await house.put(ada, order(1, lane="a"), order(2, lane="a", priority=5), order(3, lane="b"), order(4, lane="a"))
    await house.put(bob, order(9, lane="a"))
    workers = house.workers()
    first = {job.payload["n"]: job for job in await workers.claim()}
    assert sorted(first) == [1, 3, 9]
    books.trouble = [ValueError()]
    for n in (1, 3, 9):
        await workers.lead(first[n])
    assert (await house.work(), books.done) == ([], [3, 9])
    house.pass_time(minutes=1)
    books.trouble = [ValueError()]  # for the second time: it is dead, and holds nobody up any more
    await house.work()
    assert books.done == [3, 9, 2, 4]
    assert [(row.payload["n"], row.state) for row in await house.left(ada)] == [(1, "dead")]
    async with database.transaction(ada) as tx:
        assert await house.jobs.cancel_own(tx, replace(ada, actor_id=new_id()), "book") == 0
        assert await house.jobs.cancel_own(tx, ada, "book", lane="b") == 0
        assert await house.jobs.cancel_own(tx, ada, "book", lane="a") == 1

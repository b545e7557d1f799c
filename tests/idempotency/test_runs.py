"""Runs belong to the server: they end when they are done, whoever has left, and free their keys when they are cut."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from datetime import datetime

import pytest
from starlette.types import Message, Send
from tests.sealing import connect_with_keys

from chimera.idempotency.errors import KeyInProgressError, ResultNotKeptError
from chimera.idempotency.recording import Recording, Room
from chimera.idempotency.runs import Runs
from chimera.idempotency.service import LEASE, FirstResults
from chimera.idempotency.states import Elsewhere, Keyed, Mine, Result
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction
from chimera.store.moments import shared_now


def start(*headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


END = {"type": "http.response.body", "body": b"done", "more_body": False}


class Work:
    """Answers once it is told to go on."""

    def __init__(self, *headers: tuple[bytes, bytes]) -> None:
        self.goes_on, self.began, self.times, self.headers = asyncio.Event(), asyncio.Event(), 0, headers

    async def __call__(self, send: Send) -> bool:
        self.times += 1
        self.began.set()
        await self.goes_on.wait()
        await send(start(*self.headers))
        await send(END)
        return True


@pytest.fixture
async def database(sqlite_url: str) -> AsyncGenerator[Database]:
    async with connect_with_keys(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def tasks() -> AsyncGenerator[set[asyncio.Task[None]]]:
    made: set[asyncio.Task[None]] = set()
    yield made
    for task in made:
        task.cancel()
    await asyncio.gather(*made, return_exceptions=True)


@pytest.fixture
def runs(database: Database, tasks: set[asyncio.Task[None]]) -> Runs:
    def spawn(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        return task

    return Runs(results=FirstResults(database=database), spawn=spawn, longest_s=20)


@pytest.fixture
def keyed() -> Keyed:
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    return Keyed(scope=scope, key_hash="k", fingerprint="f")


async def recorded(runs: Runs, keyed: Keyed, work: Work) -> Recording:
    found = await runs.first(keyed, work, within_s=5)
    assert isinstance(found, tuple)
    return found[0]


async def ended(tasks: set[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


async def test_whoever_comes_while_it_runs_follows_it(runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]) -> None:
    work = Work()
    found = await asyncio.gather(*(runs.first(keyed, work, within_s=5) for _ in range(10)))
    recordings = {one[0] for one in found if isinstance(one, tuple)}
    assert len(recordings) == 1
    assert [one[1] for one in found if isinstance(one, tuple)].count(True) == 1
    work.goes_on.set()
    await ended(tasks)
    again = await runs.first(keyed, work, within_s=5)
    assert isinstance(again, Result)
    assert (again.body, work.times) == (b"done", 1)


async def test_who_leaves_while_the_key_is_taken_leaves_a_run_behind(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]
) -> None:
    work = Work()
    asking = asyncio.ensure_future(runs.first(keyed, work, within_s=5))
    await asyncio.sleep(0)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await work.began.wait()
    work.goes_on.set()
    await ended(tasks)
    assert isinstance(await runs.first(keyed, work, within_s=5), Result)
    assert work.times == 1


async def test_a_run_that_is_cut_by_the_end_of_the_server_frees_its_key(runs: Runs, keyed: Keyed) -> None:
    work = Work()
    recording = await recorded(runs, keyed, work)
    await work.began.wait()
    await runs.drain(grace_s=0)
    assert recording.result is None
    assert isinstance(await runs.results.claim(keyed), Mine)


async def test_a_run_whose_key_is_in_other_hands_is_ended(
    runs: Runs, keyed: Keyed, database: Database, tasks: set[asyncio.Task[None]]
) -> None:
    work = Work()
    recording = await recorded(runs, keyed, work)
    await work.began.wait()
    await runs._beat(sweeps=False)
    assert not any(task.cancelling() for task in tasks)

    async def later(tx: Transaction) -> datetime:
        return await shared_now(tx) + LEASE

    assert isinstance(await FirstResults(database=database, now=later).claim(keyed), Mine)
    await runs._beat(sweeps=False)
    await ended(tasks)
    assert recording.result is None


async def test_a_run_that_is_cut_before_it_began_frees_its_key(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]
) -> None:
    work = Work()

    def cut(begun: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(begun)
        if not tasks:
            task.cancel()
        tasks.add(task)
        return task

    recording = await recorded(Runs(results=runs.results, spawn=cut, longest_s=20), keyed, work)
    await asyncio.sleep(0)
    await ended(tasks)
    assert recording.result is None
    assert not work.times
    assert isinstance(await runs.results.claim(keyed), Mine)


async def test_a_run_may_come_to_its_end_while_the_server_stops(runs: Runs, keyed: Keyed) -> None:
    work = Work()
    await recorded(runs, keyed, work)
    draining = asyncio.ensure_future(runs.drain(grace_s=10))
    work.goes_on.set()
    await draining
    assert isinstance(await runs.results.claim(keyed), Result)


async def test_a_hurried_stop_waits_for_nobody(runs: Runs, keyed: Keyed) -> None:
    hurried = asyncio.Event()
    hurried.set()
    await recorded(runs, keyed, Work())
    async with asyncio.timeout(15):
        await runs.drain(grace_s=60, at_once=hurried)
    assert isinstance(await runs.results.claim(keyed), Mine)


async def test_a_run_without_end_is_ended(runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]) -> None:
    runs.longest_s = 0.01
    await recorded(runs, keyed, Work())
    await ended(tasks)
    assert isinstance(await runs.results.claim(keyed), Mine)


async def test_who_waits_for_another_process_is_told_when_its_time_is_over(runs: Runs, keyed: Keyed) -> None:
    assert isinstance(await runs.results.claim(keyed), Mine)
    assert isinstance(await runs.results.claim(keyed), Elsewhere)
    with pytest.raises(KeyInProgressError) as refused:
        await runs.first(keyed, Work(), within_s=0.1)
    assert refused.value.retry_after_s


async def test_who_waits_for_another_process_gets_its_result(runs: Runs, keyed: Keyed) -> None:
    elsewhere = await runs.results.claim(keyed)
    assert isinstance(elsewhere, Mine)
    waiting = asyncio.ensure_future(runs.first(keyed, Work(), within_s=10))
    await asyncio.sleep(0)
    answer = Result(status=200, headers=(), body=b"theirs")
    await runs.results.keep(keyed.scope, elsewhere, answer)
    assert await waiting == answer


async def test_a_secret_that_is_shown_once_is_not_kept(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]
) -> None:
    work = Work((b"cache-control", b"no-store"))
    work.goes_on.set()
    await recorded(runs, keyed, work)
    await ended(tasks)
    with pytest.raises(ResultNotKeptError):
        await runs.first(keyed, work, within_s=5)


async def test_an_answer_for_which_there_was_no_room_is_not_kept(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]
) -> None:
    runs.room = Room(most=3)
    work = Work()
    work.goes_on.set()
    await recorded(runs, keyed, work)
    await ended(tasks)
    with pytest.raises(ResultNotKeptError):
        await runs.first(keyed, work, within_s=5)


async def test_a_run_that_outlives_its_lease_keeps_it_by_signs_of_life(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]]
) -> None:
    work = Work()
    await recorded(runs, keyed, work)
    await runs.results.end_leases(utc_now())
    assert not await runs.results.runs(keyed)
    beating = asyncio.ensure_future(runs.run())
    try:
        async with asyncio.timeout(15):
            while not await runs.results.runs(keyed):  # each look is a transaction of its own
                pass
    finally:
        beating.cancel()
    work.goes_on.set()
    await ended(tasks)
    assert isinstance(await runs.first(keyed, work, within_s=5), Result)


async def test_an_answer_that_cannot_be_written_down_is_given_all_the_same(
    runs: Runs, keyed: Keyed, tasks: set[asyncio.Task[None]], sqlite_url: str
) -> None:
    work, heard = Work(), []

    async def send(message: Message) -> None:
        heard.append(message)

    recording = await recorded(runs, keyed, work)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("ALTER TABLE idempotent_results RENAME TO gone")
    connection.close()
    work.goes_on.set()
    assert await recording.play(send)
    assert heard[-1]["body"] == b"done"
    await ended(tasks)
    assert isinstance(await runs.results.claim(keyed), Elsewhere)  # until its lease is over

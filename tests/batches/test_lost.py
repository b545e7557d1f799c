"""Batches end after their organisation destroyed its keys, and tell that something is lost."""

import asyncio
from datetime import timedelta

import pytest
from tests.batches.house import QUICK, Endpoint, House, good, line, somebody
from tests.batches.test_runner import NAMES, quickly
from tests.sealing import FixedKeys

from chimera.batches.service import BatchAsked
from chimera.batches.states import BatchStatus
from chimera.crypto.sealing import KeyDestroyedError
from chimera.kit.scope import Scope
from chimera.store import Database


@pytest.fixture
def keys() -> FixedKeys:
    return FixedKeys()


@pytest.fixture
def house(database: Database, keys: FixedKeys) -> House:
    return House(database.sealed_by(keys))


async def half_done(house: House, mine: Scope):
    """A batch of which six lines were answered when its server stopped."""

    async def half(name: str):
        if int(name.removeprefix("line-")) >= 6:
            await asyncio.Event().wait()
        return good(name)

    endpoint = Endpoint(half)
    async with house.running(endpoint):
        return await house.answered(mine, await house.begin(mine, NAMES), 6)


async def test_a_batch_whose_lines_are_lost_fails_and_says_why(house: House, keys: FixedKeys) -> None:
    mine = somebody()
    begun, waiting = await half_done(house, mine), await house.begin(mine, NAMES)
    keys.destroy()
    endpoint = Endpoint(quickly)
    async with house.running(endpoint):
        ended = [await house.over(mine, batch) for batch in (waiting, begun)]
        fresh = await house.over(mine, await house.begin(mine, ["new"]))
    for batch in ended:
        assert (batch.status, batch.output_file_id) == (BatchStatus.FAILED, None)
        assert batch.faults is not None
        assert [fault["code"] for fault in batch.faults] == ["key_destroyed"]
    assert fresh.status is BatchStatus.COMPLETED
    assert set(endpoint.asked) == {"new"}


@pytest.mark.parametrize("ending", [BatchStatus.CANCELLED, BatchStatus.EXPIRED])
async def test_one_that_is_cancelled_or_out_of_time_ends_so(house: House, keys: FixedKeys, ending: BatchStatus) -> None:
    mine = somebody()
    batch = await half_done(house, mine)
    keys.destroy()
    if ending is BatchStatus.CANCELLED:
        await house.batches.cancel(mine, batch.id)
    else:
        house.ahead = timedelta(hours=25)
    async with house.running(Endpoint(quickly)):
        batch = await house.over(mine, batch)
    assert (batch.status, batch.output_file_id) == (ending, None)
    assert batch.faults is not None
    assert [fault["code"] for fault in batch.faults] == ["key_destroyed"]


async def test_answers_that_came_since_are_in_its_files(house: House, keys: FixedKeys) -> None:
    mine, gate = somebody(), asyncio.Event()

    async def late(name: str):
        if name == "late":
            await gate.wait()
        return good(name)

    async with house.running(Endpoint(late), QUICK):
        batch = await house.answered(mine, await house.begin(mine, ["early", "late"]), 1)
        keys.destroy()
        gate.set()
        batch = await house.over(mine, batch)
    assert (batch.status, batch.completed) == (BatchStatus.FAILED, 2)
    assert [one["custom_id"] for one in await house.told(mine, batch.output_file_id)] == ["late"]


async def test_labels_and_files_of_before_are_lost_and_lists_go_on(house: House, keys: FixedKeys) -> None:
    mine = somebody()
    file_id = await house.file(mine, line("a"))
    asked = BatchAsked(endpoint="/v1/embeddings", input_file_id=file_id, labels={"for": "whom"})
    batch = await house.batches.create(mine, asked)
    assert (await house.batches.info(mine, batch.id)).labels == {"for": "whom"}
    keys.destroy()
    (found,), _ = await house.batches.recent(mine, after=None, limit=10)
    assert (found.id, found.labels, found.faults) == (batch.id, None, None)
    assert (await house.files.info(mine, file_id)).name == ""
    for read in (house.read(mine, file_id), house.files.resolve(mine, file_id)):
        with pytest.raises(KeyDestroyedError):
            await read
    await house.files.delete(mine, file_id)

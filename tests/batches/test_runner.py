"""The runner: every line asked, one result each, whatever happens to whoever leads the batch."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.batches.house import CHAT, QUICK, Endpoint, House, bad, good, line, somebody

from chimera.batches.errors import LeaseLostError
from chimera.batches.lines import read_line
from chimera.batches.repository import BatchResults, WaitingBatches
from chimera.batches.service import BatchAsked
from chimera.batches.service.asking import unasked
from chimera.batches.service.lease import Lease
from chimera.batches.states import BatchStatus

NAMES = [f"line-{number}" for number in range(12)]


async def quickly(name: str):
    return good(name)


async def never(name: str):
    await asyncio.Event().wait()


async def test_every_line_has_its_result_in_the_order_of_the_lines(house: House) -> None:
    mine, endpoint = somebody(), Endpoint(quickly)
    async with house.running(endpoint):
        batch = await house.over(mine, await house.begin(mine, NAMES))
    assert batch.status is BatchStatus.COMPLETED
    assert (batch.total, batch.completed, batch.failed) == (12, 12, 0)
    told = await house.told(mine, batch.output_file_id)
    assert [one["custom_id"] for one in told] == NAMES
    assert [one["response"]["body"]["said"] for one in told] == NAMES
    assert set(endpoint.asked.values()) == {1}
    assert endpoint.most <= QUICK.concurrency
    assert list(batch.moments) == ["in_progress", "finalizing", "completed"]
    async with house.database.reading(mine) as tx:
        assert await BatchResults(tx, mine).count() == 0


async def test_two_replicas_share_the_work_and_ask_no_line_twice(house: House) -> None:
    mine, yours = somebody(), somebody()
    first, second = Endpoint(quickly), Endpoint(quickly)
    async with house.running(first), house.running(second):
        made = [(scope, await house.begin(scope, NAMES)) for scope in (mine, yours) * 2]
        ended = [await house.over(scope, batch) for scope, batch in made]
    assert {batch.status for batch in ended} == {BatchStatus.COMPLETED}
    assert (first.asked + second.asked).total() == 4 * 12
    for (scope, _), batch in zip(made, ended, strict=True):
        assert [one["custom_id"] for one in await house.told(scope, batch.output_file_id)] == NAMES


async def test_a_runner_that_stops_gives_its_batch_back_and_another_goes_on(house: House) -> None:
    mine = somebody()
    gate = asyncio.Event()

    async def half(name: str):
        if int(name.removeprefix("line-")) >= 6:
            await gate.wait()
        return good(name)

    first, second = Endpoint(half), Endpoint(quickly)
    async with house.running(first):
        batch = await house.begin(mine, NAMES)
        await first.heard(10)
    async with house.running(second):
        batch = await house.over(mine, batch)
    assert batch.status is BatchStatus.COMPLETED
    assert set(second.asked) == set(NAMES[6:])
    assert [one["custom_id"] for one in await house.told(mine, batch.output_file_id)] == NAMES


async def test_who_has_lost_the_lease_writes_nothing_more(house: House) -> None:
    mine = somebody()
    batch = await house.begin(mine, NAMES)
    leases = []
    for replica in ("first", "second"):
        async with house.database.system_transaction() as tx:
            now = house.clock()
            row = await WaitingBatches(tx).claim(replica=replica, now=now, unseen_since=now, but=())
        assert row is not None
        leases.append(Lease(database=house.database, clock=house.clock, pace=QUICK, batch=row))
    lost, held = leases
    result = unasked(1, read_line(line("line-0")), code="batch_expired", message="x")
    with pytest.raises(LeaseLostError):
        await lost.keep([result])
    with pytest.raises(LeaseLostError):
        await lost.enter(BatchStatus.IN_PROGRESS, total=1)
    await lost.release()
    async with house.database.system_transaction() as tx:
        then = house.clock() - timedelta(seconds=10)
        assert await WaitingBatches(tx).claim(replica="third", now=then, unseen_since=then, but=()) is None
    await held.keep([result])
    assert (await house.batches.info(mine, batch.id)).failed == 1


async def test_passing_trouble_is_tried_again_and_lasting_trouble_is_told(house: House) -> None:
    mine = somebody()
    troubles = {"line-1": [bad(429, retry_after_s=0.01), bad(503)], "line-2": [bad(500)] * 9, "line-3": [bad(400)] * 9}

    async def troubled(name: str):
        return troubles[name].pop(0) if troubles.get(name) else good(name)

    endpoint = Endpoint(troubled)
    async with house.running(endpoint):
        batch = await house.over(mine, await house.begin(mine, NAMES[:4]))
    assert (batch.completed, batch.failed) == (2, 2)
    assert [endpoint.asked[name] for name in NAMES[:4]] == [1, 3, 3, 1]
    told = await house.told(mine, batch.error_file_id)
    assert [(one["custom_id"], one["response"]["status_code"]) for one in told] == [("line-2", 500), ("line-3", 400)]
    assert told[0]["response"]["body"] == {"error": "no"}


async def test_an_answer_that_is_no_json_is_told_as_a_string(house: House) -> None:
    mine = somebody()

    async def odd(name: str):
        return replace(good(name), body=b"<html>\n\xff")

    async with house.running(Endpoint(odd)):
        batch = await house.over(mine, await house.begin(mine, NAMES[:1]))
    (one,) = await house.told(mine, batch.output_file_id)
    assert one["response"]["body"] == "<html>\n\N{REPLACEMENT CHARACTER}"


async def test_a_batch_whose_time_is_over_says_so_of_the_rest(house: House) -> None:
    mine = somebody()

    async def half(name: str):
        if name in NAMES[:3]:
            return good(name)
        await asyncio.Event().wait()
        return good(name)

    endpoint = Endpoint(half)
    async with house.running(endpoint):
        batch = await house.begin(mine, NAMES)
        await endpoint.heard(7)
        house.ahead = timedelta(hours=24, seconds=1)
        batch = await house.over(mine, batch)
    assert (batch.status, batch.total, batch.completed, batch.failed) == (BatchStatus.EXPIRED, 12, 3, 9)
    assert [one["custom_id"] for one in await house.told(mine, batch.output_file_id)] == NAMES[:3]
    rest = await house.told(mine, batch.error_file_id)
    assert [one["custom_id"] for one in rest] == NAMES[3:]
    assert {(one["error"]["code"], one["response"]) for one in rest} == {("batch_expired", None)}


async def test_lines_that_hang_are_cut_off_when_their_batch_is_cancelled(house: House) -> None:
    mine, endpoint = somebody(), Endpoint(never)
    async with house.running(endpoint):
        batch = await house.begin(mine, NAMES)
        await endpoint.heard(4)
        await house.batches.cancel(mine, batch.id)
        batch = await house.over(mine, batch)
    assert (batch.status, batch.failed) == (BatchStatus.CANCELLED, 12)
    assert endpoint.asked.total() == 4
    assert endpoint.in_flight == 0


async def test_a_batch_that_is_cancelled_before_it_was_looked_at_has_no_files(house: House) -> None:
    mine, endpoint = somebody(), Endpoint(quickly)
    batch = await house.begin(mine, NAMES)
    await house.batches.cancel(mine, batch.id)
    async with house.running(endpoint):
        batch = await house.over(mine, batch)
    assert (batch.status, batch.output_file_id, batch.error_file_id) == (BatchStatus.CANCELLED, None, None)
    assert not endpoint.asked


async def test_no_tenant_waits_for_another(house: House) -> None:
    mine, yours = somebody(), somebody()

    async def stuck(name: str):
        if name.startswith("mine"):
            await asyncio.Event().wait()
        return good(name)

    endpoint = Endpoint(stuck)
    async with house.running(endpoint):
        for number in range(6):
            await house.begin(mine, [f"mine-{number}-{one}" for one in range(9)])
        await endpoint.heard(QUICK.concurrency)
        batch = await house.over(yours, await house.begin(yours, NAMES))
        assert batch.status is BatchStatus.COMPLETED
        assert endpoint.in_flight == QUICK.concurrency


async def test_an_owner_who_is_gone_has_nothing_asked(house: House) -> None:
    mine, endpoint = somebody(), Endpoint(quickly)
    house.gone = True
    async with house.running(endpoint):
        batch = await house.over(mine, await house.begin(mine, NAMES))
    assert batch.status is BatchStatus.FAILED
    assert batch.faults is not None
    assert [fault["code"] for fault in batch.faults] == ["owner_not_found"]
    assert not endpoint.asked


async def test_an_owner_who_is_shut_out_meanwhile_has_what_is_in_flight_cut_off(house: House) -> None:
    mine, never = somebody(), asyncio.Event()

    async def silent(name: str):
        if name != NAMES[0]:
            await never.wait()
        return good(name)

    endpoint = Endpoint(silent)
    async with house.running(endpoint):
        begun = await house.begin(mine, NAMES)
        await endpoint.heard(2)
        house.gone = True
        batch = await house.over(mine, begun)
    assert batch.status is BatchStatus.FAILED
    assert batch.faults is not None
    assert [fault["code"] for fault in batch.faults] == ["owner_not_found"]
    assert endpoint.in_flight == 0
    assert [told["custom_id"] for told in await house.told(mine, batch.output_file_id)] == [NAMES[0]]


async def test_an_input_file_that_is_deleted_fails_the_batch_and_keeps_what_was_answered(house: House) -> None:
    mine, gate = somebody(), asyncio.Event()

    async def gated(name: str):
        await gate.wait()
        return good(name)

    endpoint = Endpoint(gated)
    far = b" " * 1_500_000
    content = b"\n".join([line("first"), far, line("second"), far, far, line("third")])
    async with house.running(endpoint, replace(QUICK, concurrency=1)):
        file_id = await house.file(mine, content)
        batch = await house.batches.create(mine, BatchAsked(endpoint=CHAT, input_file_id=file_id))
        await endpoint.heard(1)
        await house.files.delete(mine, file_id)
        gate.set()
        batch = await house.over(mine, batch)
    assert batch.status is BatchStatus.FAILED
    assert batch.faults is not None
    assert [fault["code"] for fault in batch.faults] == ["input_file_not_found"]
    assert [one["custom_id"] for one in await house.told(mine, batch.output_file_id)] == ["first", "second"]


async def test_a_line_that_is_longer_than_a_request_may_be_fails_the_batch(house: House) -> None:
    mine, endpoint = somebody(), Endpoint(quickly)
    file_id = await house.file(mine, line("good") + b"\n" + json.dumps("x" * 2_000_000).encode())
    async with house.running(endpoint, replace(QUICK, longest_line=1_000_000)):
        made = await house.batches.create(mine, BatchAsked(endpoint=CHAT, input_file_id=file_id))
        batch = await house.over(mine, made)
    assert batch.faults is not None
    assert [(fault["code"], fault["line"]) for fault in batch.faults] == [("line_too_long", 2)]
    assert not endpoint.asked

"""Lanes: no place is lost, none is given twice."""

import asyncio

import pytest

from chimera.gateway.lanes import LaneFullError, Lanes


async def test_waiting_calls_get_places_in_order() -> None:
    lanes = Lanes(limit=1, queue=2, patience_s=1)
    await lanes.enter("k")
    order: list[int] = []

    async def take(number: int) -> None:
        await lanes.enter("k")
        order.append(number)
        lanes.leave("k")

    async with asyncio.TaskGroup() as tasks:
        for number in range(2):
            tasks.create_task(take(number))
            await asyncio.sleep(0)
        with pytest.raises(LaneFullError):
            await lanes.enter("k")
        lanes.leave("k")
    assert order == [0, 1]
    assert lanes.in_flight("k") == 0


async def test_a_place_not_free_in_time_is_refused() -> None:
    lanes = Lanes(limit=1, queue=5, patience_s=0.01)
    await lanes.enter("k")
    with pytest.raises(LaneFullError):
        await lanes.enter("k")
    lanes.leave("k")
    assert lanes.in_flight("k") == 0


async def test_keys_do_not_share_room() -> None:
    lanes = Lanes(limit=1, queue=0, patience_s=0.01)
    await lanes.enter("a")
    await lanes.enter("b")
    assert (lanes.in_flight("a"), lanes.in_flight("b")) == (1, 1)


async def test_no_place_leaks_when_waiters_are_cancelled_at_any_moment() -> None:
    lanes = Lanes(limit=2, queue=100, patience_s=5)

    async def work(turns: int) -> None:
        await lanes.enter("k")
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
        finally:
            lanes.leave("k")

    tasks = [asyncio.ensure_future(work(number % 5)) for number in range(60)]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0)
        if number % 3 == 0:
            tasks[-number].cancel()
            task.cancel()
        assert lanes.in_flight("k") <= 2
    await asyncio.gather(*tasks, return_exceptions=True)
    assert lanes.in_flight("k") == 0

"""What goes round in the background survives what happens in one round, and ends when it is told to."""

import asyncio

import pytest
from structlog.testing import capture_logs

from chimera.kit.rounds import each, rounds
from chimera.store import DatabaseUnavailableError


async def test_a_round_that_fails_is_told_and_the_next_one_comes() -> None:
    troubles: list[Exception | None] = [DatabaseUnavailableError("away"), ValueError("?"), None]
    done = asyncio.Event()

    async def work() -> None:
        if troubles and (trouble := troubles.pop(0)) is not None:
            raise trouble
        done.set()

    with capture_logs() as told:
        task = asyncio.create_task(rounds(work, every_s=0, named="tests"))
        async with asyncio.timeout(15):
            await done.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [(line["event"], line["rounds"]) for line in told] == [
        ("rounds.unavailable", "tests"),
        ("rounds.failed", "tests"),
    ]


async def test_what_fails_for_one_keeps_no_other_from_it_but_a_database_that_is_away_does() -> None:
    troubles: dict[str, Exception] = {"b": ValueError("?")}
    done = list[str]()

    async def work(one: str) -> int:
        if one in troubles:
            raise troubles[one]
        done.append(one)
        return len(done)

    assert await each("abc", work, named="tests") == 3
    assert done == ["a", "c"]
    troubles["b"] = DatabaseUnavailableError("away")
    with pytest.raises(DatabaseUnavailableError):
        await each("abc", work, named="tests")
    assert done == ["a", "c", "a"]

"""What goes round in the background survives what happens in one round, and ends when it is told to."""

import asyncio

import pytest
from structlog.testing import capture_logs

from chimera.kit.rounds import rounds
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

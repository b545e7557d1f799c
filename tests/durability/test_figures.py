"""What a server costs that does nothing: time until it is ready, memory, and many readers that wait."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import pytest
from tests.durability.replica import Replica, read_until, replica
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream

STARTS = 3
READERS = 200


def memory_mb(server: Replica) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def cpu_s(server: Replica) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@pytest.mark.slow
async def test_it_starts_soon_and_stays_small(fake: FakeUpstream, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chimera.db'}"
    waited, worked, idle, held = [], [], [], []
    for _ in range(STARTS):
        began = time.monotonic()
        async with replica(url, fake, tmp_path) as server:
            await server.until_ready()
            waited.append(time.monotonic() - began)
            worked.append(cpu_s(server))
            idle.append(memory_mb(server))
            for path in ("/api/v1/session", "/api/v1/models", "/v1/models", "/metrics"):
                assert (await server.client.get(path)).status_code == 200
            assert (await server.say(await server.create())).status_code == 201
            held.append(memory_mb(server))
    small = f"{median(idle):.0f} MB, {max(held):.0f} after a turn"
    figures = f"ready after {median(waited):.2f} s, {median(worked):.2f} s of CPU; {small}"
    sys.stdout.write(f"{figures}\n")
    # Promised are 150. It stands at 142, when all is read that is read in the background.
    assert median(idle) < 150, figures
    # With the libraries that the first act of each kind loads: 147.
    assert max(held) < 158, figures


@pytest.mark.slow
async def test_readers_that_wait_cost_little(sqlite_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    fake.say(Answer(text="one two", chunks=2, delay_s=6))
    async with replica(sqlite_url, fake, tmp_path) as server, AsyncExitStack() as stack:
        first = await stack.enter_async_context(server.saying(await server.create()))
        turn_id = (await read_until(first, "turn.started"))[0].data["turn_id"]
        before_mb = memory_mb(server)
        readers = [await stack.enter_async_context(server.following(turn_id)) for _ in range(READERS)]
        # They have all read what there is before the first word comes, then wait six seconds for the second one.
        await asyncio.gather(*(read_until(reader, "text.delta") for reader in readers))
        each_kb = (memory_mb(server) - before_mb) * 1024 / READERS
        began_s, began_cpu_s = time.monotonic(), cpu_s(server)
        await read_until(first, "text.delta", count=2)
        share = (cpu_s(server) - began_cpu_s) / (time.monotonic() - began_s)
        sys.stdout.write(f"{each_kb:.0f} kB a waiting reader; {READERS} of them use {share:.1%} of a core\n")
        assert each_kb < 100
        assert share < 0.25
        for ended in await asyncio.gather(*(read_until(reader, "turn.finished") for reader in readers)):
            assert ended[-1].data["status"] == "completed"

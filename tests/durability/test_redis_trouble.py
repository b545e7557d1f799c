"""Redis is frozen or dies: turns and their readers go on, and nobody is kept waiting."""

import asyncio
import signal
from pathlib import Path

import pytest
from tests.durability.replica import Replica, read_until, replica, text_of
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.redis_server import own_redis

WORDS = " ".join(f"word-{number}" for number in range(50))
SPOKEN = Answer(text=WORDS, chunks=50, delay_s=0.02)


async def assert_served(a: Replica, b: Replica, *, within_s: float) -> None:
    """A turn of A is read on B to its end, and no request of it takes long."""
    async with asyncio.timeout(within_s):
        conversation = await a.create()
        async with a.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta")
        async with b.following(shown[0].data["turn_id"], after=shown[-1].id) as stream:
            shown += await read_until(stream, "turn.finished")
        assert (shown[-1].data["status"], text_of(shown)) == ("completed", WORDS)


@pytest.mark.parametrize("trouble", ["frozen", "killed"])
async def test_turns_and_readers_go_on_without_redis(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path, trouble: str
) -> None:
    fake.say(SPOKEN)
    path = tmp_path / "redis.sock"
    settings = {"redis_url": f"unix://{path}"}
    async with (
        own_redis(path) as redis,
        replica(postgres_url, fake, tmp_path / "a", **settings) as a,
        replica(postgres_url, fake, tmp_path / "b", **settings) as b,
    ):
        await assert_served(a, b, within_s=8)
        if trouble == "frozen":
            redis.send_signal(signal.SIGSTOP)
            await assert_served(a, b, within_s=8)
            redis.send_signal(signal.SIGCONT)
            await assert_served(a, b, within_s=8)
        else:
            redis.kill()
            await redis.wait()
            await assert_served(a, b, within_s=8)
            async with own_redis(path):
                await assert_served(a, b, within_s=8)

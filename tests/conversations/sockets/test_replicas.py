"""Several replicas, one conversation: a socket resumes on any of them, and people see each other across."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from tests.conversations.sockets.client import Socket, socket
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running

FEW = Answer(text="word " * 10, chunks=10, delay_s=0.05)
WORDS = " ".join(f"word-{number}" for number in range(30))
SLOW = Answer(text=WORDS, chunks=30, delay_s=0.03)


@asynccontextmanager
async def replicas(url: str, folder: Path, **flags: object) -> AsyncGenerator[tuple[Running, Running, AsyncExitStack]]:
    """Two, of which the first may be stopped before the end."""
    async with (
        FakeUpstream(keys={"good-key"}, answer=SLOW) as fake,
        AsyncExitStack() as first,
        AsyncExitStack() as rest,
    ):
        made: list[Running] = []
        for stack in (first, rest):
            settings = {"data_dir": folder, **flags}
            made.append(await stack.enter_async_context(running(url, provider_environment(fake, "openai"), settings)))
        yield made[0], made[1], first


async def conversation_at(replica: Running) -> str:
    async with httpx2.AsyncClient(base_url=replica.url, headers=replica.headers) as http:
        return str((await http.post("/api/v1/conversations")).json()["id"])


async def seen_typing(ours: Socket) -> None:
    while not any(one["typing"] for one in (await ours.until("presence"))["others"]):
        pass


async def test_over_redis_people_see_each_other_and_a_stopped_replica_sends_them_to_another(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with replicas(sqlite_url, tmp_path, redis_url=redis_url) as (here, there, stopping):
        conversation = await conversation_at(here)
        async with (
            socket(here.url, conversation, here.headers) as ours,
            socket(there.url, conversation, there.headers) as theirs,
        ):
            await ours.until("entered")
            await theirs.say("typing")
            await seen_typing(ours)
            await theirs.say("message", text="Hi")
            for _ in range(3):
                await ours.until("text.delta")
            closing = asyncio.ensure_future(stopping.aclose())
            assert (await ours.closed())[0] == 1012
            turn, seq, _ = ours.events[-1]
            async with socket(there.url, f"{conversation}?turn_id={turn}&after={seq}", there.headers) as back:
                await back.until("turn.finished")
            await theirs.until("turn.finished")
            while theirs.said("presence")[-1]["others"]:
                await theirs.until("presence")
            await closing
        assert ours.events + back.events == theirs.events
        assert ours.text + back.text == WORDS


async def test_without_redis_a_turn_of_another_replica_shows_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with replicas(sqlite_url, tmp_path) as (here, there, _):
        conversation = await conversation_at(here)
        async with (
            socket(here.url, conversation, here.headers) as ours,
            socket(there.url, conversation, there.headers) as theirs,
        ):
            await ours.until("entered")
            await theirs.say("message", text="Hi")
            await ours.until("turn.finished")
            await theirs.until("turn.finished")
        assert ours.events == theirs.events


@pytest.mark.slow
async def test_forty_sockets_and_forty_streams_hear_the_same_with_slow_readers_among_them(
    sqlite_url: str, tmp_path: Path
) -> None:
    """`python -m benchmarks.sockets` does so with a thousand of each."""
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(FakeUpstream(keys={"good-key"}, answer=FEW))
        flags = {"data_dir": tmp_path, "sockets": {"per_person": 80}}
        server = await stack.enter_async_context(running(sqlite_url, provider_environment(fake, "openai"), flags))
        conversations = [await conversation_at(server) for _ in range(5)]
        limits = httpx2.Limits(max_connections=80)
        http = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=server.url, headers=server.headers, limits=limits, timeout=60)
        )
        opened = [
            await stack.enter_async_context(socket(server.url, conversations[n % 5], server.headers)) for n in range(40)
        ]
        for one in opened:
            await one.until("entered")
        slow, quick = opened[:5], opened[5:]
        for one in slow:
            one.connection.transport.pause_reading()
        turns: dict[str, str] = {}
        for at, speaker in zip(conversations, quick[:5], strict=True):
            await speaker.say("message", text="Hi")
            turns[at] = (await speaker.until("message.accepted"))["turn_id"]
        streams = [http.get(f"/api/v1/turns/{turns[conversations[n % 5]]}/events") for n in range(40)]
        told = asyncio.gather(*streams)
        for one in quick:
            await one.until("turn.finished")
        for one in slow:
            one.connection.transport.resume_reading()
            await one.until("turn.finished")
        for n, answer in enumerate(await told):
            assert answer.text.count("event: ") == len(opened[n % 5].events)
        assert {one.text for one in opened} == {FEW.text}

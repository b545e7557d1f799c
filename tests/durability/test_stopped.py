"""SIGTERM: open answers are told to their end, nothing new begins, and the process leaves in time."""

import asyncio
import signal
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from tests.durability.replica import answer_of, read_until, replica, text_of
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import API_KEY, provider_environment

from chimera.bootstrap.house import open_house
from chimera.bootstrap.server import address_of, bind, make_server, serve_and_drain
from chimera.bootstrap.settings import load
from chimera.bootstrap.web import create_app

WORDS = " ".join(f"word-{number}" for number in range(60))
A_SECOND = Answer(text=WORDS, chunks=60, delay_s=0.016)
TWO_SECONDS_AND_A_HALF = Answer(text=WORDS, chunks=60, delay_s=0.04)
A_MINUTE = Answer(text=WORDS, chunks=60, delay_s=1)


async def test_readers_get_their_answers_to_the_end_and_nothing_new_begins(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.next(TWO_SECONDS_AND_A_HALF, A_SECOND)
    async with replica(sqlite_url, fake, tmp_path) as server:
        read, unread = await server.create(), await server.create()
        async with server.saying(unread) as stream:
            left_alone = (await read_until(stream, "text.delta"))[0].data["turn_id"]
        async with server.saying(read) as stream:
            shown = await read_until(stream, "text.delta")
            server.send(signal.SIGTERM)
            shown += await read_until(stream, "turn.finished")
        assert shown[-1].data["status"] == "completed"
        assert text_of(shown) == WORDS
        with pytest.raises(httpx2.ConnectError):
            await server.client.get("/health/ready")
        assert await server.over(within_s=8) == 0

    async with replica(sqlite_url, fake, tmp_path) as server:
        assert (await server.turn(left_alone))["status"] == "completed"
        for conversation in (read, unread):
            assert answer_of((await server.messages(conversation))[-1]) == WORDS


async def test_a_second_signal_stops_at_once_and_keeps_what_was_said(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(A_MINUTE)
    async with replica(sqlite_url, fake, tmp_path) as server:
        conversation = await server.create()
        async with server.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta")
            server.send(signal.SIGTERM)
            shown += await read_until(stream, "text.delta")
            server.send(signal.SIGTERM)
            assert await server.over(within_s=8) == 0
    async with replica(sqlite_url, fake, tmp_path) as server:
        answered = (await server.messages(conversation))[-1]
        assert answered["status"] == "interrupted"
        assert answer_of(answered).startswith(text_of(shown))


async def test_after_the_grace_readers_are_told_that_the_answer_was_interrupted(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    """In this process, because the grace of a real one is longer than a test should take."""
    fake.say(A_MINUTE)
    chosen = {"port": 0, "database_url": sqlite_url, "data_dir": tmp_path, "local_model": "off"}
    settings = load({}, chosen | {"bootstrap_api_key": API_KEY, "owner_password": "correct-horse-battery"})
    listens = asyncio.Event()
    with closing(bind(settings)) as listening:
        async with open_house(settings, provider_environment(fake, "openai")) as house:
            server = make_server(create_app(house), listens.set, drain_s=1)
            serving = asyncio.ensure_future(serve_and_drain(server, house.turns, listening, drain_s=1))
            await listens.wait()
            headers = {"Authorization": f"Bearer {API_KEY}"}
            async with httpx2.AsyncClient(base_url=address_of(listening), headers=headers, timeout=20) as client:
                body = {"message": "Tell me", "model": "openai/gpt-4o", "stream": True}
                async with client.stream("POST", "/api/v1/chat", json=body) as response:
                    lines = response.aiter_lines()
                    async for line in lines:
                        if line == "event: text.delta":
                            break
                    server.handle_exit(signal.SIGTERM, None)
                    rest = [line async for line in lines]
            async with asyncio.timeout(10):
                await serving
    assert [line for line in rest if line.startswith("event: ")][-1] == "event: turn.finished"
    assert '"status":"interrupted"' in rest[-2]

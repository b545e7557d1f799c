"""Two servers are asked the same at once: one asks the provider, and what becomes of the other if that one dies."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.durability.replica import Replica, replica
from tests.fakes.answer import Answer, Tokens
from tests.fakes.server import FakeUpstream
from tests.redis_server import own_redis
from tests.serving import API_KEY, Running, provider_environment, running

WORDS = " ".join(f"word-{number}" for number in range(60))
SPOKEN = Answer(text=WORDS, chunks=60, delay_s=0.03, usage=Tokens(input=1000, output=100))
ASKED = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Tell me"}], "stream": True}
PRICES = [{"id": "openai/gpt-5", "price_input_usd_per_mtok": "1.25", "price_output_usd_per_mtok": "10"}]
COST_USD = "0.00225"


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """`first` is a process of its own that can be killed, `second` the whole server in the test's loop."""

    first: Replica
    second: Running
    redis: asyncio.subprocess.Process
    fake: FakeUpstream

    @property
    def asked(self) -> int:
        """How often the provider was asked."""
        return sum(request.method == "POST" for request in self.fake.requests)

    async def ledger(self, lines: int) -> list[dict[str, Any]]:
        """The ledger, once it has so many lines: those of nothing spent are written a moment later."""
        async with asyncio.timeout(10):
            while len(found := await self._lines()) < lines:  # noqa: ASYNC110 (seen over HTTP only)
                await asyncio.sleep(0.1)
        return found

    async def _lines(self) -> list[dict[str, Any]]:
        return list((await self.first.client.get("/api/v1/ledger")).raise_for_status().json()["data"])


@pytest.fixture
async def two(sqlite_url: str, fake: FakeUpstream, tmp_path: Path) -> AsyncGenerator[Two]:
    fake.say(SPOKEN)
    path = tmp_path / "redis.sock"
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(own_redis(path))
        shared = {"redis_url": f"unix://{path}"}
        prices = {"models": json.dumps(PRICES)}
        first = await stack.enter_async_context(replica(sqlite_url, fake, tmp_path / "a", **shared, **prices))
        answer = await first.client.put("/api/v1/policies/cache", json={"mode": "exact"})
        assert answer.status_code == 200, answer.text
        flags = {"data_dir": tmp_path / "b", "models": PRICES} | shared
        second = await stack.enter_async_context(running(sqlite_url, provider_environment(fake, "openai"), flags))
        yield Two(first=first, second=second, redis=redis, fake=fake)


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator[tuple[httpx2.Response, AsyncIterator[Any]]]:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with (
        httpx2.AsyncClient(base_url=url, headers=headers, timeout=40) as client,
        client.stream("POST", "/v1/chat/completions", json=ASKED) as response,
    ):
        yield response, said(response)


async def said(response: httpx2.Response) -> AsyncIterator[Any]:
    """What a stream says, one frame after the other: text, an error as a dict, and `None` at its end."""
    async for line in response.aiter_lines():
        if line == "data: [DONE]":
            yield None
        elif line.startswith("data: "):
            frame = json.loads(line.removeprefix("data: "))
            if "error" in frame:
                yield frame["error"]
            elif frame["choices"] and (text := frame["choices"][0]["delta"].get("content")):
                yield text


async def text_to_the_end(frames: AsyncIterator[Any]) -> str:
    read = [frame async for frame in frames]
    assert read[-1] is None, read[-1]
    return "".join(read[:-1])


async def test_a_stream_is_read_from_the_other_server_while_it_is_written_and_paid_once(two: Two) -> None:
    async with asking(two.first.url) as (_, mine):
        begun = [await anext(mine)]
        async with asking(two.second.url) as (response, theirs):
            assert response.headers["x-chimera-cache"] == "joined"
            assert response.headers["x-chimera-model"] == "openai/gpt-5"
            heard = [await anext(theirs)]
            assert "".join([*begun, await text_to_the_end(mine)]) == WORDS
            assert "".join([*heard, await text_to_the_end(theirs)]) == WORDS
    assert two.asked == 1
    lines = await two.ledger(2)
    assert sorted((line["cost_usd"], line["saved_usd"]) for line in lines) == [("0.00", COST_USD), (COST_USD, "0.00")]


async def test_a_server_that_is_killed_leaves_the_other_with_an_error_and_never_with_half_an_answer(two: Two) -> None:
    async with asking(two.first.url) as (_, mine), asking(two.second.url) as (response, theirs):
        await anext(mine)
        assert response.headers["x-chimera-cache"] == "joined"
        await anext(theirs)
        await two.first.kill()
        read = [frame async for frame in theirs]
    assert read[-1] is not None
    assert [frame["code"] for frame in read if isinstance(frame, dict)] == ["call_interrupted"]
    async with asking(two.second.url) as (response, again):
        assert response.headers["x-chimera-cache"] == "miss"
        assert await text_to_the_end(again) == WORDS
    assert two.asked == 2


async def test_without_redis_the_asking_server_goes_on_and_the_other_one_asks_for_itself(two: Two) -> None:
    async with asking(two.first.url) as (_, mine):
        begun = [await anext(mine)]
        async with asking(two.second.url) as (response, theirs):
            assert response.headers["x-chimera-cache"] == "joined"
            await anext(theirs)
            two.redis.kill()
            await two.redis.wait()
            assert "".join([*begun, await text_to_the_end(mine)]) == WORDS
            read = [frame async for frame in theirs]
            assert [frame["code"] for frame in read if isinstance(frame, dict)] == ["call_interrupted"]
        async with asking(two.second.url) as (response, again):
            assert response.headers["x-chimera-cache"] == "miss"
            assert await text_to_the_end(again) == WORDS
    assert two.asked == 2

"""Replicas that are asked the same at the same time: whoever wants a whole answer gets the one that is under way."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from pydantic import SecretStr
from tests.gateway.caching.staged import Model, Stages, call, stages

from chimera.adapters.redis_link import Settings, open_link
from chimera.adapters.response_caches.redis import RedisCache
from chimera.gateway.call import Call
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Original, ProviderOverloadError, fold

OVERLOADED = ProviderOverloadError("busy", provider="p")


def whole(text: str = "Is it so?") -> Call:
    return call(text, original=Original(wire="openai_chat", fields={}))


class Replicas:
    """Two of them over one Redis; the first one's model speaks when it is let."""

    def __init__(self, here: Stages, there: Stages, pace: asyncio.Semaphore) -> None:
        self.here, self.there, self._pace = here, there, pace

    async def asked_here(self, asked: Call) -> "asyncio.Task[object]":
        """Ask the first one, and wait until it asks its model and all may know."""
        task: asyncio.Task[object] = asyncio.ensure_future(self.here.ask(asked))
        async with asyncio.timeout(5):
            while not self._is_known():  # noqa: ASYNC110 (what is waited for has no event)
                await asyncio.sleep(0.001)
        return task

    def _is_known(self) -> bool:
        return bool(self.here.model.calls) and len(self.here.tasks.running) == 1  # the call, and nobody announcing it

    def speak(self) -> None:
        for _ in range(10):
            self._pace.release()


@pytest.fixture
async def replicas(redis_url: str) -> AsyncGenerator[Replicas]:
    pace = asyncio.Semaphore(0)
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(
            open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:"))
        )
        redis = RedisCache(link)
        here = await stack.enter_async_context(stages(Model(pace=pace), tier=redis, announcements=redis))
        there = await stack.enter_async_context(stages(tier=redis, announcements=redis))
        yield Replicas(here, there, pace)


async def soon(*tasks: "asyncio.Task[object]") -> None:
    """Let them come as far as they can by themselves."""
    await asyncio.wait(tasks, timeout=0.2)


@pytest.mark.parametrize("first", [whole, call])
async def test_whole_answers_are_waited_for_and_asked_once(replicas: Replicas, first: type[Call]) -> None:
    begun = await replicas.asked_here(first())
    waiting = [whole() for _ in range(5)]
    asked = [asyncio.ensure_future(replicas.there.ask(one)) for one in waiting]
    await soon(*asked)
    assert not any(one.done() for one in asked)
    replicas.speak()
    assert [fold(events).text for events in await asyncio.gather(*asked)] == ["It is so."] * 5
    assert {one.trail.told.cache for one in waiting} == {"exact"}
    assert replicas.there.model.calls == []
    await begun


async def test_a_stream_does_not_wait(replicas: Replicas) -> None:
    begun = await replicas.asked_here(whole())
    assert fold(await replicas.there.ask(call())).text == "It is so."
    assert len(replicas.there.model.calls) == 1
    replicas.speak()
    await begun


async def test_who_waited_for_an_answer_that_failed_asks(replicas: Replicas) -> None:
    replicas.here.model.plan.append(OVERLOADED)
    begun = await replicas.asked_here(whole())
    asked = asyncio.ensure_future(replicas.there.ask(whole()))
    await soon(asked)
    replicas.speak()
    assert fold(await asked).text == "It is so."
    assert len(replicas.there.model.calls) == 1
    assert isinstance((await asyncio.gather(begun, return_exceptions=True))[0], ProviderOverloadError)


async def test_who_stops_waiting_leaves_the_others_waiting_and_nothing_behind(replicas: Replicas) -> None:
    begun = await replicas.asked_here(whole())
    impatient = asyncio.ensure_future(replicas.there.ask(whole()))
    await soon(impatient)
    patient = asyncio.ensure_future(replicas.there.ask(whole()))
    await soon(patient)
    impatient.cancel()
    await soon(impatient)
    replicas.speak()
    assert fold(await patient).text == "It is so."
    assert replicas.there.model.calls == []
    await begun
    again = whole("Something else?")
    assert fold(await replicas.there.ask(again)).text == "It is so."


class Occupied:
    """Somebody else asks everything, and never comes to an end."""

    renewed = 0

    async def announce(self, scope: Scope, key: bytes, lasts_s: float) -> bool:
        return False

    async def renew(self, questions: Sequence[tuple[Scope, bytes]], lasts_s: float) -> None:
        raise AssertionError("nothing was announced")

    async def withdraw(self, scope: Scope, key: bytes) -> None:
        return


async def test_nobody_waits_for_longer_than_half_of_their_time() -> None:
    async with stages(announcements=Occupied()) as staged:
        hurried = replace(whole(), deadline=asyncio.get_running_loop().time() + 2.0)
        assert fold(await staged.ask(hurried)).text == "It is so."
        assert hurried.remaining_s > 0


async def test_without_redis_every_replica_asks_for_itself() -> None:
    async with open_link(Settings(url=SecretStr("unix:///nowhere/redis.sock"))) as link:
        away = RedisCache(link)
        async with stages(tier=away, announcements=away) as staged:
            assert fold(await staged.ask(whole())).text == "It is so."
            assert len(staged.model.calls) == 1

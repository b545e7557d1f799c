"""Replicas that are asked the same at the same time: one asks its model, and the others hear what it is answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import pytest
from msgspec.structs import replace
from pydantic import SecretStr
from tests.gateway.caching.staged import COST_NUSD, TARGET, Askings, Model, Stages, call, stages
from tests.patience import within
from tests.sealing import FixedKeys

from chimera.adapters.askings.redis import RedisAskings
from chimera.adapters.redis_link import RedisLink, Settings, open_link
from chimera.adapters.response_caches.redis import RedisCache
from chimera.crypto.sealing import Sealers
from chimera.gateway.caching.answers import CacheAwayError
from chimera.gateway.caching.joining import Flights
from chimera.gateway.caching.passage import Asking, Heard, Passage, Source
from chimera.gateway.call import Call
from chimera.gateway.errors import CallInterruptedError
from chimera.gateway.metering.attempt import HEADER as SHRUNK
from chimera.gateway.pipeline import compose
from chimera.kit.ids import new_id
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Original,
    ProviderOverloadError,
    Started,
    Stream,
    TextDelta,
    Usage,
    fold,
)

OVERLOADED = ProviderOverloadError("busy", provider="p")


def whole(text: str = "Is it so?") -> Call:
    return call(text, original=Original(wire="openai_chat", fields={}))


both = pytest.mark.parametrize("asking", [whole, call], ids=["whole", "stream"])


class Replicas:
    """Two of them over one Redis; the first one's model speaks when it is let."""

    def __init__(self, here: Stages, there: Stages, pace: asyncio.Semaphore) -> None:
        self.here, self.there, self._pace = here, there, pace

    async def asked_here(self, asked: Call) -> "asyncio.Task[list[Event]]":
        """Ask the first one, and wait until it asks its model, which is after all may know."""
        count = len(self.here.model.calls)
        task = asyncio.ensure_future(self.here.ask(asked))
        await until(lambda: len(self.here.model.calls) > count)
        return task

    async def asked_there(self, asked: Call) -> "asyncio.Task[list[Event]]":
        """Ask the second one, and wait until it listens, and the first one tells what it hears."""
        count = _listeners(self.there.overheard)
        task = asyncio.ensure_future(self.there.ask(asked))
        await until(lambda: _listeners(self.there.overheard) > count and _listeners(self.here.flights) > 1)
        return task

    def speak(self, words: int = 10) -> None:
        for _ in range(words):
            self._pace.release()


async def heard(events: Stream) -> list[Event]:
    async with aclosing(events):
        return [event async for event in events]


def _listeners(flights: Flights) -> int:
    return sum(len(flight.listeners) for flight in flights._by_key.values())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def two_replicas(
    redis_url: str, askings_over: Callable[[RedisLink, Sealers], Askings] = RedisAskings, **policy: object
) -> AsyncGenerator[Replicas]:
    pace = asyncio.Semaphore(0)
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(
            open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:"))
        )
        tier, askings = RedisCache(link, FixedKeys()), askings_over(link, FixedKeys())
        here = await stack.enter_async_context(stages(Model(pace=pace), tier=tier, askings=askings, **policy))
        there = await stack.enter_async_context(stages(tier=tier, askings=askings, **policy))
        yield Replicas(here, there, pace)


@pytest.fixture
async def replicas(redis_url: str) -> AsyncGenerator[Replicas]:
    async with two_replicas(redis_url) as opened:
        yield opened


@both
@pytest.mark.parametrize("mode", ["join", "exact"])
async def test_the_same_question_is_asked_by_one_replica_alone(
    redis_url: str, asking: Callable[[], Call], mode: str
) -> None:
    async with two_replicas(redis_url, mode=mode) as replicas:
        begun = await replicas.asked_here(call())
        callers = [asking() for _ in range(5)]
        asked = [await replicas.asked_there(one) for one in callers]
        replicas.speak()
        assert [fold(events).text for events in await asyncio.gather(begun, *asked)] == ["It is so."] * 6
        assert {one.trail.told.cache for one in callers} == {"joined"}
        assert {one.trail.answered_by for one in callers} == {TARGET}
        assert replicas.there.model.calls == []


async def test_a_stream_from_elsewhere_is_heard_while_it_is_written(replicas: Replicas) -> None:
    begun = await replicas.asked_here(call())
    async with aclosing(replicas.there.handler(call())) as events:
        replicas.speak(1)
        assert isinstance(await anext(events), Started)
        assert await anext(events) == TextDelta(text="It ")
        assert not begun.done()
        replicas.speak()
        rest = [event async for event in events]
    assert "".join(event.text for event in rest if isinstance(event, TextDelta)) == "is so."
    assert replicas.there.model.calls == []
    await begun


async def test_one_pays_and_the_others_are_told_what_they_saved(replicas: Replicas) -> None:
    first, second = call(), call()
    begun = await replicas.asked_here(first)
    asked = await replicas.asked_there(second)
    replicas.speak()
    mine, theirs = await asyncio.gather(begun, asked)
    assert (fold(mine).usage == Usage(), fold(theirs).usage == Usage()) == (False, True)
    assert [one.id for one in mine if isinstance(one, Started)] != [
        one.id for one in theirs if isinstance(one, Started)
    ]
    assert [charge.cost_nusd for charge in first.trail.told.charges] == [COST_NUSD]
    assert [(charge.cost_nusd, charge.saved_nusd) for charge in second.trail.told.charges] == [(0, COST_NUSD)]
    ((claim, entry),) = replicas.there.ledger.entries
    assert (claim.call_id, entry.cost_nusd, entry.saved_nusd, entry.price) == (second.id, 0, COST_NUSD, "cache/joined")
    assert replicas.here.ledger.entries == []


@both
async def test_an_answer_that_a_budget_made_short_there_is_asked_for_anew_here(
    replicas: Replicas, asking: Callable[[], Call]
) -> None:
    poor, rich = call(), asking()
    replicas.here.model.reason = FinishReason.LENGTH
    begun = await replicas.asked_here(poor)
    poor.trail.told.headers[SHRUNK] = "shrunk to 3 tokens"
    asked = await replicas.asked_there(rich)
    replicas.speak()
    await asyncio.gather(begun, asked)
    assert len(replicas.there.model.calls) == 1
    assert (rich.trail.told.cache, SHRUNK in rich.trail.told.headers) == (None, False)


async def test_an_answer_that_came_before_it_could_be_told_is_found(replicas: Replicas) -> None:
    replicas.speak()
    begun = await replicas.asked_here(call())
    asked = [call() for _ in range(3)]
    answers = await asyncio.gather(begun, *(replicas.there.ask(one) for one in asked))
    assert {fold(events).text for events in answers} == {"It is so."}
    assert replicas.there.model.calls == []


async def test_an_answer_that_ends_before_it_could_be_told_and_is_not_kept_is_told_at_its_end(
    redis_url: str,
) -> None:
    async with two_replicas(redis_url, mode="join") as replicas:
        begun = await replicas.asked_here(call())
        elsewhere = replicas.here.cache.elsewhere
        assert elsewhere is not None
        await until(lambda: all(mine.flight for mine in elsewhere._asking.values()))
        asked = asyncio.ensure_future(replicas.there.ask(call()))
        await until(lambda: _listeners(replicas.there.overheard) > 0)
        replicas.speak()
        assert [fold(events).text for events in await asyncio.gather(begun, asked)] == ["It is so."] * 2
        assert replicas.there.model.calls == []


async def test_what_could_not_be_told_for_a_while_is_told_at_the_end(redis_url: str) -> None:
    away = asyncio.Event()

    class Faltering(RedisAskings):
        async def tell(self, told: Sequence[tuple[Asking, Passage]], lasts_s: float) -> None:
            if away.is_set() and not replicas.here.model.closed:
                raise CacheAwayError("away")
            await super().tell(told, lasts_s)

    async with two_replicas(redis_url, Faltering) as replicas:
        begun = await replicas.asked_here(call())
        async with aclosing(replicas.there.handler(call())) as events:
            replicas.speak(1)
            heard = [await anext(events), await anext(events)]
            away.set()
            replicas.speak()
            await begun
            heard += [event async for event in events]
        assert fold(heard).text == "It is so."
        assert replicas.there.model.calls == []


@both
async def test_who_heard_nothing_yet_of_an_answer_that_failed_asks(
    replicas: Replicas, asking: Callable[[], Call]
) -> None:
    replicas.here.model.plan.append(OVERLOADED)
    begun = await replicas.asked_here(call())
    asked = await replicas.asked_there(asking())
    replicas.speak()
    assert fold(await asked).text == "It is so."
    assert len(replicas.there.model.calls) == 1
    assert isinstance((await asyncio.gather(begun, return_exceptions=True))[0], ProviderOverloadError)


async def test_an_answer_that_breaks_off_elsewhere_is_never_given_as_a_whole_one(replicas: Replicas) -> None:
    replicas.here.model.plan.append(OVERLOADED)
    replicas.here.model.fails_at = 1
    begun = await replicas.asked_here(call())
    wants_all = await replicas.asked_there(whole())
    async with aclosing(replicas.there.handler(call())) as events:
        replicas.speak(1)
        assert isinstance(await anext(events), Started)
        assert await anext(events) == TextDelta(text="It ")
        replicas.speak()
        with pytest.raises(CallInterruptedError):
            await anext(events)
    assert fold(await wants_all).text == "It is so."
    assert len(replicas.there.model.calls) == 1
    await asyncio.gather(begun, return_exceptions=True)


async def test_who_leaves_disturbs_nobody_elsewhere_and_the_last_one_ends_the_call(replicas: Replicas) -> None:
    begun = await replicas.asked_here(call())
    impatient, patient = await replicas.asked_there(call()), await replicas.asked_there(call())
    for leaving in (begun, impatient):
        leaving.cancel()
        await asyncio.wait({leaving})
    replicas.speak(3)
    assert fold(await patient).text == "It is so."
    assert (len(replicas.here.model.calls), replicas.there.model.calls) == (1, [])

    begun = await replicas.asked_here(call("Something else?"))
    last = await replicas.asked_there(call("Something else?"))
    for leaving in (begun, last):
        leaving.cancel()
        await asyncio.wait({leaving})
    await until(lambda: replicas.here.model.closed == 2)
    assert replicas.there.model.calls == []


async def test_a_replica_that_does_not_join_calls_says_so_at_once(redis_url: str) -> None:
    async with two_replicas(redis_url) as replicas:
        apart = compose(replicas.here.cache, terminal=replicas.here.model)
        begun = asyncio.ensure_future(heard(apart(call())))
        await until(lambda: bool(replicas.here.model.calls))
        async with within(1):
            assert fold(await replicas.there.ask(call())).text == "It is so."
        assert len(replicas.there.model.calls) == 1
        replicas.speak()
        await begun


class Occupied:
    """Somebody else asks everything, and says whatever `tells` lets it, which is never the end.

    Attributes:
        replica: Is asking, by its token.
    """

    def __init__(self, *tells: Passage) -> None:
        self.replica, self._tells = b"another", list(tells)

    async def announce(self, asking: Asking, lasts_s: float) -> bytes:
        return self.replica

    async def renew(self, askings: Sequence[Asking], lasts_s: float) -> None:
        raise AssertionError("nothing was announced")

    async def withdraw(self, asking: Asking) -> None:
        return

    async def withdraw_unwanted(self, asking: Asking) -> bool:
        return True

    async def wanted(self, askings: Sequence[Asking]) -> Sequence[bool]:
        return [False] * len(askings)

    async def tell(self, told: Sequence[tuple[Asking, Passage]], lasts_s: float) -> None:
        raise AssertionError("nobody listens")

    async def heard(self, wanted: Sequence[tuple[Asking, int]], lasts_s: float) -> Sequence[Heard]:
        told, self._tells = self._tells[:1], self._tells[1:]
        return [Heard(passages=told, taken=taken + len(told), is_asked=True) for _, taken in wanted]


@both
@pytest.mark.parametrize("tells", [(), (Passage(begins_at=0),)], ids=["silent", "thinking"])
async def test_nobody_waits_for_longer_than_half_of_their_time(
    asking: Callable[[], Call], tells: tuple[Passage, ...]
) -> None:
    async with stages(askings=Occupied(*tells)) as staged:
        hurried = replace(asking(), deadline=asyncio.get_running_loop().time() + 1.0)
        assert fold(await staged.ask(hurried)).text == "It is so."
        assert hurried.remaining_s > 0.2
        assert hurried.trail.told.cache is None


async def test_what_was_told_twice_is_heard_once_and_what_was_lost_is_missed() -> None:
    begins = (Started(id="1", model="m"), TextDelta(text="It "), TextDelta(text="is "))
    source = Source(provider="p", model="m")
    first = Passage(begins_at=0, events=begins, source=source)
    again = Passage(begins_at=1, events=(*begins[1:], TextDelta(text="not so.")))
    ends = Passage(begins_at=4, events=(Finished(reason=FinishReason.STOP),), is_over=True)
    async with stages(askings=Occupied(first, again, ends)) as staged:
        assert fold(await staged.ask(call())).text == "It is not so."
        assert staged.model.calls == []
    async with stages(askings=Occupied(first, ends)) as staged:
        with pytest.raises(CallInterruptedError):
            await staged.ask(call())
        assert staged.model.calls == []


async def test_without_redis_every_replica_asks_for_itself() -> None:
    async with (
        open_link(Settings(url=SecretStr("unix:///nowhere/redis.sock"))) as link,
        stages(tier=RedisCache(link, FixedKeys()), askings=RedisAskings(link, FixedKeys())) as staged,
    ):
        assert fold(await staged.ask(whole())).text == "It is so."
        assert len(staged.model.calls) == 1

"""The same, asked several times at once, is asked once; each hears it at their own pace, and none disturbs another."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import uuid4

import pytest
from msgspec.structs import replace
from tests.gateway.caching.staged import COST_NUSD, SCOPE, Model, Stages, call, stages

from chimera.gateway.caching import joining
from chimera.gateway.call import Call, Wishes
from chimera.gateway.errors import CallInterruptedError
from chimera.gateway.metering.attempt import HEADER as SHRUNK
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.llm import (
    Answer,
    Event,
    FinishReason,
    ProviderOverloadError,
    ProviderTimeoutError,
    Started,
    Stream,
    TextDelta,
    Usage,
    fold,
)

OVERLOADED = ProviderOverloadError("busy", provider="p")


class OwnBudgetError(AppError):
    """Stands for what the gateway refuses to one caller alone."""

    code = "budget_exhausted"
    kind = Kind.EXHAUSTED


OTHER = Scope(tenant_id=SCOPE.tenant_id, actor_id=uuid4(), permissions=frozenset())


class ShortForOne(Model):
    """Is asked for a shorter answer by whoever bears `SCOPE`, as a budget would have it."""

    async def __call__(self, call: Call) -> Stream:
        if call.scope is SCOPE:
            call.trail.told.headers[SHRUNK] = "shrunk to 3 tokens"
        async with aclosing(super().__call__(call)) as events:
            async for event in events:
                yield event


async def until(condition) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0)


async def fed(answer: Answer, events: Stream) -> None:
    async for event in events:
        answer.add(event)


def listeners(staged: Stages) -> int:
    return sum(len(flight.listeners) for flight in staged.flights._by_key.values())


async def test_a_hundred_who_ask_the_same_at_once_are_one_call() -> None:
    async with stages(mode="join") as staged:
        answers = await asyncio.gather(*(staged.ask(call()) for _ in range(100)))
    assert len(staged.model.calls) == 1
    assert {fold(events).text for events in answers} == {"It is so."}
    starts = [event.id for events in answers for event in events if isinstance(event, Started)]
    assert len(set(starts)) == 100
    assert staged.counted("joined") == 99


async def test_the_first_pays_and_the_others_are_told_what_they_saved() -> None:
    async with stages(mode="join") as staged:
        first, second = call(), call()
        heard = await asyncio.gather(staged.ask(first), staged.ask(second))
    assert [fold(events).usage == Usage() for events in heard] == [False, True]
    assert (second.trail.told.cache, first.trail.told.cache) == ("joined", None)
    assert [charge.cost_nusd for charge in first.trail.told.charges] == [COST_NUSD]
    assert [(charge.cost_nusd, charge.saved_nusd) for charge in second.trail.told.charges] == [(0, COST_NUSD)]
    ((claim, entry),) = staged.ledger.entries
    assert (claim.call_id, entry.cost_nusd, entry.saved_nusd, entry.price) == (second.id, 0, COST_NUSD, "cache/joined")


async def test_a_latecomer_hears_the_answer_from_its_beginning() -> None:
    pace = asyncio.Semaphore(0)
    async with stages(Model(pace=pace), mode="join") as staged:
        first = asyncio.ensure_future(staged.ask(call()))
        pace.release()
        await until(lambda: staged.model.calls)
        second = asyncio.ensure_future(staged.ask(call()))
        await until(lambda: listeners(staged) == 2)
        pace.release()
        pace.release()
        assert fold(await second).text == fold(await first).text == "It is so."
    assert len(staged.model.calls) == 1


async def test_a_follower_that_leaves_disturbs_nobody() -> None:
    pace = asyncio.Semaphore(0)
    async with stages(Model(pace=pace), mode="join") as staged:
        first = asyncio.ensure_future(staged.ask(call()))
        second = asyncio.ensure_future(staged.ask(call()))
        await until(lambda: listeners(staged) == 2)
        second.cancel()
        await until(lambda: listeners(staged) == 1)
        for _ in range(3):
            pace.release()
        assert fold(await first).text == "It is so."


async def test_the_call_goes_on_for_the_others_when_the_first_one_leaves() -> None:
    pace = asyncio.Semaphore(0)
    async with stages(Model(pace=pace)) as staged:
        first = asyncio.ensure_future(staged.ask(call()))
        await until(lambda: listeners(staged) == 1)
        second = asyncio.ensure_future(staged.ask(call()))
        await until(lambda: listeners(staged) == 2)
        first.cancel()
        await until(lambda: listeners(staged) == 1)
        for _ in range(3):
            pace.release()
        assert fold(await second).text == "It is so."
        again = call()
        await staged.ask(again)
        assert again.trail.told.cache == "exact"  # whoever heard it to its end keeps it
    assert len(staged.model.calls) == 1


async def test_the_call_ends_when_the_last_one_leaves() -> None:
    async with stages(Model(pace=asyncio.Semaphore(0)), mode="join") as staged:
        asking = [asyncio.ensure_future(staged.ask(call())) for _ in range(3)]
        await until(lambda: listeners(staged) == 3)
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert staged.model.closed == 1
        assert staged.flights.in_flight() == 0
        assert all(task.done() for task in staged.tasks.running)


async def test_one_that_stops_reading_in_the_middle_leaves_like_any_other() -> None:
    async with stages(mode="join") as staged:
        async with aclosing(staged.handler(call())) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
        assert (staged.model.closed, staged.flights.in_flight()) == (1, 0)


async def test_what_the_provider_says_no_to_is_said_to_all_and_asked_once() -> None:
    async with stages(Model(plan=[OVERLOADED]), mode="join") as staged:
        outcomes = await asyncio.gather(*(staged.ask(call()) for _ in range(5)), return_exceptions=True)
        assert [getattr(outcome, "code", None) for outcome in outcomes] == ["provider_unavailable"] * 5
        assert len(staged.model.calls) == 1
        assert fold(await staged.ask(call())).text == "It is so."  # a failure is not joined later


async def test_what_is_refused_to_the_first_alone_makes_the_next_one_ask() -> None:
    class Refusing(Model):
        async def __call__(self, call) -> AsyncGenerator[Event]:
            if not self.calls:
                self.calls.append(call)
                await asyncio.sleep(0)
                raise OwnBudgetError("Your key's budget is used up.")
            async for event in super().__call__(call):
                yield event

    async with stages(Refusing(), mode="join") as staged:
        outcomes = await asyncio.gather(*(staged.ask(call()) for _ in range(4)), return_exceptions=True)
    assert getattr(outcomes[0], "code", None) == "budget_exhausted"
    assert [fold(outcome).text for outcome in outcomes[1:]] == ["It is so."] * 3
    assert len(staged.model.calls) == 2


async def test_whoever_has_more_time_than_the_first_asks_when_that_one_s_is_over() -> None:
    class Slow(Model):
        async def __call__(self, call) -> AsyncGenerator[Event]:
            if not self.calls:
                self.calls.append(call)
                await asyncio.sleep(call.remaining_s)
                raise ProviderTimeoutError("no token within the time left", provider="p")
            async for event in super().__call__(call):
                yield event

    async with stages(Slow(), mode="join") as staged:
        hurried = replace(call(), deadline=asyncio.get_running_loop().time() + 0.05)
        first, second = await asyncio.gather(staged.ask(hurried), staged.ask(call()), return_exceptions=True)
    assert isinstance(first, ProviderTimeoutError)
    assert fold(second).text == "It is so."


async def test_a_server_that_stops_says_so_to_those_who_listen() -> None:
    async with stages(Model(pace=asyncio.Semaphore(0)), mode="join") as staged:
        asking = asyncio.ensure_future(staged.ask(call()))
        await until(lambda: staged.model.calls)
    with pytest.raises(CallInterruptedError):
        await asking


async def test_an_answer_that_breaks_off_breaks_off_for_all_with_what_was_heard() -> None:
    class Breaking(Model):
        async def __call__(self, call) -> AsyncGenerator[Event]:
            async with aclosing(super().__call__(call)) as events:
                async for event in events:
                    yield event
                    if isinstance(event, TextDelta):
                        raise OVERLOADED

    async def heard(staged: Stages) -> str:
        answer = Answer()
        with pytest.raises(ProviderOverloadError):
            await fed(answer, staged.handler(call()))
        return answer.text

    async with stages(Breaking(), mode="join") as staged:
        assert await asyncio.gather(heard(staged), heard(staged)) == ["It ", "It "]


async def test_a_slow_reader_holds_a_long_answer_back_but_not_for_ever() -> None:
    long = Model(words=["x" * 1000] * 3000)
    async with stages(long, mode="join") as staged:
        slow, quick = staged.handler(call()), asyncio.ensure_future(staged.ask(call()))
        async with aclosing(slow):
            await anext(slow)
            await until(lambda: any(not flight.is_open for flight in staged.flights._by_key.values()))
            flight = next(iter(staged.flights._by_key.values()))
            assert flight._weight < 2 * flight.limit
            for _ in range(10):
                await asyncio.sleep(0)
            assert not quick.done()
        assert len(fold(await quick).text) == 3_000_000


async def test_who_stops_to_read_holds_nobody_up_and_hears_that_it_was_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(joining, "_PATIENCE_S", 0.05)
    async with stages(Model(words=["x" * 1000] * 3000), mode="join") as staged:
        stalled, quick = staged.handler(call()), asyncio.ensure_future(staged.ask(call()))
        async with aclosing(stalled):
            await anext(stalled)
            assert len(fold(await quick).text) == 3_000_000
            with pytest.raises(CallInterruptedError):
                await fed(Answer(), stalled)
    assert len(staged.model.calls) == 1


async def test_other_questions_and_other_wishes_are_asked_on_their_own() -> None:
    async with stages(mode="join") as staged:
        await asyncio.gather(
            staged.ask(call()),
            staged.ask(call("Is it not?")),
            staged.ask(call(wishes=Wishes(cache="off"))),
            staged.ask(call(wishes=Wishes(cache="refresh"))),
        )
    assert len(staged.model.calls) == 4


async def test_nobody_gets_an_answer_that_another_ones_budget_made_short() -> None:
    async with stages(ShortForOne(reason=FinishReason.LENGTH), mode="join", shared=True) as staged:
        poor, rich, third = call(), call(scope=OTHER), call(scope=OTHER)
        await asyncio.gather(*(staged.ask(one) for one in (poor, rich, third)))
    assert [one.scope for one in staged.model.calls] == [SCOPE, OTHER]
    assert ["budget" in one.trail.told.headers for one in (poor, rich, third)] == [True, False, False]
    assert [one.trail.told.cache for one in (poor, rich, third)] == [None, None, "joined"]

"""A second attempt overtakes a slow first one, is paid for by a share of the calls, and leaves nothing open."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest
from msgspec.structs import replace

from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.hedge import LOST, Hedge
from chimera.kit.scope import Scope
from chimera.llm import (
    Capabilities,
    Event,
    Finished,
    FinishReason,
    Message,
    ModelCard,
    ProviderOverloadError,
    RelayRequest,
    Request,
    Started,
    Stream,
    Text,
    TextDelta,
)
from chimera.policies.policy import Policy
from chimera.policies.sections.resilience import ResiliencePolicy
from chimera.spend.errors import BudgetExhaustedError
from chimera.store import DatabaseUnavailableError

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
CARD = ModelCard(name="m", context_tokens=1000)
FIRST, SECOND = Target(provider="a", model="m", card=CARD), Target(provider="b", model="m", card=CARD)
SLOW, FAILS, UNPAID = "slow", "fails", "unpaid"


class Race:
    """Two targets; what each does is told by provider: answer at once, hang until released, or fail when released."""

    def __init__(self, share: float = 0.2, *, seconds: float = 0.01, **does: str) -> None:
        self.does = does
        self.asked: list[str] = []
        self.closed: list[str] = []
        self.released, self.both_asked = asyncio.Event(), asyncio.Event()
        loads = Loads()
        for _ in range(20):
            loads.of(FIRST.id).heard(seconds, 0.0, "streamed")

        async def policy(_scope: Scope) -> Policy:
            return Policy(resilience=ResiliencePolicy(hedge_share=share))

        self.others = [FIRST, SECOND]
        self.priced = {FIRST.id, SECOND.id}
        self.hedge = Hedge(policy, loads, lambda _call: self.others, lambda _scope, target: target.id in self.priced)

    async def upstream(self, call: Call) -> Stream:
        provider = call.aim.provider
        self.asked.append(provider)
        if len(self.asked) > 1:
            self.both_asked.set()
        try:
            does = self.does.get(provider) if self.asked.count(provider) == 1 else None
            if does in {SLOW, FAILS}:
                await self.released.wait()
            if does == FAILS:
                raise ProviderOverloadError(f"{provider} is busy", provider=provider)
            if self.does.get(provider) == UNPAID:
                raise BudgetExhaustedError("The first one holds what is left.")
            yield Started(id=provider, model="m")
            yield TextDelta(text=f"{provider} {self.asked.count(provider)}")
            yield Finished(reason=FinishReason.STOP)
        finally:
            self.closed.append(provider)

    async def ask(self, call: Call) -> list[Event]:
        async with aclosing(self.hedge(call, self.upstream)) as events:
            return [event async for event in events]


def question() -> Call:
    request = Request(model="m", messages=(Message(role="user", parts=(Text(text="hi"),)),))
    return new_call(SCOPE, request, patience_s=5).to(FIRST)


async def test_who_answers_in_time_is_not_hedged() -> None:
    race = Race(seconds=5.0)
    events = await race.ask(question())
    assert (events[1], race.asked, race.closed) == (TextDelta(text="a 1"), ["a"], ["a"])


async def test_the_second_target_overtakes_a_slow_first_one_which_is_left() -> None:
    race, call = Race(a=SLOW), question()
    events = await race.ask(call)
    assert events[1] == TextDelta(text="b 1")
    assert race.closed == ["a", "b"], "the slow one was left before the answer went on"
    assert call.trail.answered_by == SECOND
    assert [(step.target.id, step.outcome) for step in call.trail.steps] == [("a/m", LOST)]


async def test_the_same_target_is_asked_again_where_no_other_can_do_as_much() -> None:
    race = Race(a=SLOW)
    race.others = [FIRST, Target(provider="b", model="m", card=ModelCard(name="m", context_tokens=500))]
    assert (await race.ask(question()))[1] == TextDelta(text="a 2")
    race = Race(a=SLOW)
    seeing = Target(provider="a", model="m", card=ModelCard(name="m", capabilities=Capabilities(images=True)))
    race.others = [seeing, SECOND]
    assert (await race.ask(question().to(seeing)))[1] == TextDelta(text="a 2")


@pytest.mark.parametrize("share", [0.0, 0.2])
async def test_nobody_is_asked_again_without_leave_or_without_a_price(share: float) -> None:
    race = Race(share, a=SLOW)
    if share:
        race.priced = set()
    asking = asyncio.ensure_future(race.ask(question()))
    await asyncio.sleep(0.05)
    assert race.asked == ["a"]
    race.released.set()
    assert (await asking)[1] == TextDelta(text="a 1")


async def test_only_a_share_of_the_calls_is_hedged() -> None:
    race = Race(0.1, seconds=0.0)
    for _ in range(200):
        race.does = {"a": SLOW}
        race.asked.clear()
        asking = asyncio.ensure_future(race.ask(question()))
        for _ in range(20):
            await asyncio.sleep(0)
        race.released.set()
        await asking
        race.released.clear()
        race.closed.append("all" if race.asked == ["a", "b"] else "one")
    assert race.closed.count("all") == pytest.approx(0.1 * 200, abs=3)


async def test_a_second_one_that_the_house_refuses_leaves_the_first_one_alone() -> None:
    race = Race(a=SLOW, b=UNPAID)
    asking = asyncio.ensure_future(race.ask(question()))
    await race.both_asked.wait()
    await asyncio.sleep(0.01)
    race.released.set()
    assert (await asking)[1] == TextDelta(text="a 1")
    assert race.closed == ["b", "a"]


async def test_a_second_one_that_cannot_be_shown_anything_leaves_the_first_one_alone() -> None:
    race, unfit = Race(a=SLOW), asyncio.Event()

    async def fit(_target: Target) -> None:
        unfit.set()
        raise DatabaseUnavailableError("The database does not answer just now.")

    asking = asyncio.ensure_future(race.ask(replace(question(), fit=fit)))
    await unfit.wait()
    race.released.set()
    assert (await asking)[1] == TextDelta(text="a 1")
    assert race.asked == ["a"]


async def test_a_first_one_that_the_house_refuses_is_refused() -> None:
    race = Race(a=UNPAID)
    with pytest.raises(BudgetExhaustedError):
        await race.ask(question())


async def test_one_that_fails_drops_out_of_the_race() -> None:
    race = Race(a=FAILS, b=SLOW)
    asking = asyncio.ensure_future(race.ask(question()))
    await race.both_asked.wait()
    race.released.set()
    assert (await asking)[1] == TextDelta(text="b 1")


async def test_when_both_fail_the_first_one_s_error_is_told() -> None:
    race = Race(a=FAILS, b=FAILS)
    asking = asyncio.ensure_future(race.ask(question()))
    await race.both_asked.wait()
    race.released.set()
    with pytest.raises(ProviderOverloadError, match="a is busy"):
        await asking
    assert sorted(race.closed) == ["a", "b"]


async def test_a_caller_who_leaves_leaves_both() -> None:
    race = Race(a=SLOW, b=SLOW)
    asking = asyncio.ensure_future(race.ask(question()))
    await race.both_asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert sorted(race.closed) == ["a", "b"]


async def test_a_relay_is_never_asked_twice() -> None:
    race = Race(a=SLOW)
    relay = RelayRequest(model="m", operation="audio/speech", before=b"", after=b"")
    asking = asyncio.ensure_future(race.ask(new_call(SCOPE, relay, patience_s=5).to(FIRST)))
    await asyncio.sleep(0.05)
    race.released.set()
    await asking
    assert race.asked == ["a"]

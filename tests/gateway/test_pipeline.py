"""The pipeline as a whole: real stages, a scripted provider, nothing patched."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from tests.gateway.scripted import HANG, ScriptedProvider, saying

from chimera.gateway.call import Call, Handler, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.circuit import Breakers, CircuitRules, CircuitState
from chimera.gateway.deadline import armed
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.errors import AllTargetsFailedError, DeadlineExceededError, TenantBusyError, UnknownModelError
from chimera.gateway.lanes import Lanes
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.pipeline import PipelineParts, pipeline
from chimera.gateway.routes import Routes
from chimera.gateway.stages.retry import Backoff, RetryBudgets
from chimera.kit.scope import Scope
from chimera.llm import (
    Answer,
    EmbeddingRequest,
    Event,
    Message,
    ModelCard,
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderOverloadError,
    ProviderRateLimitError,
    ProviderRequestError,
    Request,
    Started,
    Text,
    TextDelta,
    UntranslatableError,
    fold,
)

OVERLOADED = ProviderOverloadError("busy", provider="p")
SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())


class House:
    """The pipeline over scripted providers; the model `m` of every provider, bare `m` meaning the first one's."""

    def __init__(
        self, *providers: ScriptedProvider, tenant_limit: int = 10, retries_left: float = 20.0, **backoff
    ) -> None:
        self.registry = CollectorRegistry()
        self.now = 0.0
        self.breakers = Breakers(CircuitRules(), clock=lambda: self.now)
        catalogue = Catalogue({provider.name: (ModelCard(name="m"),) for provider in providers})
        self.gateway: Handler = pipeline(
            PipelineParts(
                metrics=GatewayMetrics(self.registry),
                routes=Routes(
                    catalogue=lambda _scope: catalogue, fallbacks={"m": [f"{p.name}/m" for p in providers[1:]]}
                ),
                tenant_lanes=Lanes(limit=tenant_limit, queue=0, patience_s=1),
                provider_lanes=Lanes(limit=10, queue=10, patience_s=1),
                breakers=self.breakers,
                backoff=Backoff(**({"attempts": 2, "first_s": 0.0} | backoff)),
                wires={},
                retry_budgets=RetryBudgets(reserve=retries_left),
            ),
            terminal=Dispatch({p.name: p for p in providers}),
        )

    async def ask(self, call: Call) -> list[Event]:
        async with armed(call), aclosing(self.gateway(call)) as events:
            return [event async for event in events]


def call(model: str = "m", *, patience_s: float = 5.0) -> Call:
    request = Request(model=model, messages=(Message(role="user", parts=(Text(text="hi"),)),))
    return new_call(SCOPE, request, patience_s=patience_s)


async def test_an_overloaded_target_is_asked_again() -> None:
    a = ScriptedProvider("a", [[OVERLOADED], saying("yes")])
    asked = call()
    assert fold(await House(a).ask(asked)).text == "yes"
    assert [step.outcome for step in asked.trail.steps] == ["provider_unavailable", "ok"]


async def test_a_stream_that_breaks_before_its_first_token_is_asked_again_and_nothing_is_told_twice() -> None:
    a = ScriptedProvider("a", [[Started(id="x", model="m"), OVERLOADED], saying("yes")])
    events = await House(a).ask(call())
    assert sum(isinstance(event, Started) for event in events) == 1
    assert fold(events).text == "yes"


async def test_the_next_target_answers_when_the_first_stays_overloaded() -> None:
    a, b = ScriptedProvider("a", [[OVERLOADED]]), ScriptedProvider("b", [saying("b here")])
    asked = call()
    assert fold(await House(a, b).ask(asked)).text == "b here"
    assert asked.trail.answered_by is not None
    assert asked.trail.answered_by.id == "b/m"


async def test_a_wrong_key_is_not_tried_again_but_another_target_is_asked() -> None:
    a = ScriptedProvider("a", [[ProviderAuthenticationError("wrong key", provider="a")]])
    b = ScriptedProvider("b", [saying("b here")])
    assert fold(await House(a, b).ask(call())).text == "b here"
    assert len(a.requests) == 1


async def test_a_refused_request_is_not_sent_elsewhere() -> None:
    a = ScriptedProvider("a", [[ProviderRequestError("bad", provider="a")]])
    b = ScriptedProvider("b", [saying("never")])
    with pytest.raises(ProviderRequestError):
        await House(a, b).ask(call())
    assert b.requests == []


async def test_nothing_is_repeated_once_the_answer_has_begun() -> None:
    a = ScriptedProvider("a", [[Started(id="r", model="m"), TextDelta(text="half "), OVERLOADED]])
    b = ScriptedProvider("b", [saying("never")])
    answer = Answer()

    async def listen() -> None:
        async for event in House(a, b).gateway(call()):
            answer.add(event)

    with pytest.raises(ProviderOverloadError):
        await listen()
    assert answer.text == "half "
    assert b.requests == []
    assert len(a.requests) == 1


async def test_a_single_target_fails_with_its_own_error() -> None:
    limited = ProviderRateLimitError("slow down", provider="a", retry_after_s=30)
    with pytest.raises(ProviderRateLimitError) as caught:
        await House(ScriptedProvider("a", [[limited]])).ask(call())
    assert caught.value.retry_after_s == 30


async def test_all_failures_are_told() -> None:
    a, b = ScriptedProvider("a", [[OVERLOADED]]), ScriptedProvider("b", [[OVERLOADED]])
    with pytest.raises(AllTargetsFailedError) as caught:
        await House(a, b).ask(call())
    assert [target.id for target, _ in caught.value.failures] == ["a/m", "b/m"]


async def test_what_every_target_refuses_is_the_callers_to_mend() -> None:
    refused = [UntranslatableError(f"{name} cannot be told `n`", provider=name) for name in "ab"]
    a, b = (ScriptedProvider(error.provider, [[error]]) for error in refused)
    with pytest.raises(UntranslatableError, match="a cannot be told"):
        await House(a, b).ask(call())
    assert len(b.requests) == 1
    overloaded = ScriptedProvider("b", [[OVERLOADED]])
    with pytest.raises(AllTargetsFailedError):
        await House(ScriptedProvider("a", [[refused[0]]]), overloaded).ask(call())


async def test_an_unknown_model_is_named_with_what_may_have_been_meant() -> None:
    with pytest.raises(UnknownModelError, match="a/m"):
        await House(ScriptedProvider("a", [saying("x")])).ask(call("a-m"))


async def test_a_provider_that_sends_no_token_is_left_for_the_next() -> None:
    a, b = ScriptedProvider("a", [[Started(id="r", model="m"), HANG]]), ScriptedProvider("b", [saying("b here")])
    assert fold(await House(a, b, attempts=1, first_token_s=0.02).ask(call())).text == "b here"
    assert a.closed == 1


async def test_the_deadline_closes_the_upstream_call() -> None:
    a = ScriptedProvider("a", [[Started(id="r", model="m"), TextDelta(text="x"), HANG]])
    with pytest.raises(DeadlineExceededError):
        await House(a).ask(call(patience_s=0.02))
    assert a.closed == 1


async def test_a_retry_that_would_miss_the_deadline_is_not_waited_for() -> None:
    limited = ProviderRateLimitError("slow down", provider="a", retry_after_s=3)
    a = ScriptedProvider("a", [[limited], saying("late")])
    with pytest.raises(ProviderRateLimitError):
        await House(a).ask(call(patience_s=1.0))
    assert len(a.requests) == 1


async def test_retries_stop_when_their_budget_is_used_up() -> None:
    a = ScriptedProvider("a", [[OVERLOADED]])
    house = House(a, attempts=5, retries_left=1.0)
    with pytest.raises(ProviderOverloadError):
        await house.ask(call())
    assert len(a.requests) == 2


async def test_a_target_that_keeps_failing_is_left_alone_until_one_probe_succeeds() -> None:
    a = ScriptedProvider("a", [[OVERLOADED]] * 5 + [saying("well again")])
    b = ScriptedProvider("b", [saying("b here")])
    house = House(a, b, attempts=1)
    for _ in range(7):
        assert fold(await house.ask(call())).text == "b here"
    assert len(a.requests) == 5
    house.now = 11.0
    assert fold(await house.ask(call())).text == "well again"
    assert house.breakers.of("a/m").state is CircuitState.CLOSED


async def test_a_caller_who_leaves_says_nothing_against_the_target() -> None:
    a = ScriptedProvider("a", [[Started(id="r", model="m"), TextDelta(text="x"), HANG]])
    house = House(a)
    for _ in range(10):
        async with aclosing(house.gateway(call())) as events:
            await anext(events)
    assert house.breakers.of("a/m").state is CircuitState.CLOSED
    assert a.closed == 10
    assert house.registry.get_sample_value("chimera_gateway_calls_in_flight") == 0


async def test_one_tenant_cannot_take_all_the_room() -> None:
    a = ScriptedProvider("a", [[Started(id="r", model="m"), TextDelta(text="x"), HANG]])
    house = House(a, tenant_limit=1)
    async with aclosing(house.gateway(call())) as first:
        await anext(first)
        with pytest.raises(TenantBusyError):
            await house.ask(call())
    async with aclosing(house.gateway(call())) as again:
        assert isinstance(await anext(again), Started)


async def test_a_stream_that_ends_before_it_began_is_a_failure() -> None:
    with pytest.raises(ProviderAnswerError):
        await House(ScriptedProvider("a", [[Started(id="r", model="m")]]), attempts=1).ask(call())


async def test_embeddings_take_the_same_way() -> None:
    house = House(ScriptedProvider("a", [[]]))
    asked = new_call(SCOPE, EmbeddingRequest(model="a/m", texts=("x", "y")), patience_s=5)
    answer = fold(await house.ask(asked))
    assert len(answer.vectors) == 2
    assert answer.usage is not None
    assert answer.usage.input_tokens == 3


async def test_outcomes_are_counted_by_target_whatever_model_name_the_caller_made_up() -> None:
    house = House(ScriptedProvider("a", [saying("x")]))
    await house.ask(call())
    await asyncio.gather(*(house.ask(call(f"a/invented-{number}")) for number in range(3)))
    value = house.registry.get_sample_value
    assert value("chimera_gateway_calls_total", {"target": "a/m", "outcome": "ok"}) == 1
    assert value("chimera_gateway_calls_total", {"target": "a/other", "outcome": "ok"}) == 3

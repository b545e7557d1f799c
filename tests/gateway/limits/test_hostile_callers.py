"""Whoever wants more than a limit allows."""

from contextlib import aclosing
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from tests.gateway.scripted import ScriptedProvider

from chimera.adapters.rate_limiters.memory import MemoryLimiter
from chimera.gateway.call import Handler, Target, new_call
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.limits.errors import RateLimitExceededError
from chimera.gateway.limits.limits import Limits
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.pipeline import compose
from chimera.gateway.stages.admit import Admit
from chimera.kit.scope import Scope
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Message,
    Request,
    Sampling,
    Started,
    Text,
    TextDelta,
    Usage,
    UsageReported,
)
from chimera.policies.policy import DEFAULT, Policy
from chimera.policies.sections.limits import LimitsPolicy, Rates

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
POLICY = DEFAULT.model_copy(update={"limits": LimitsPolicy(organisation=Rates(tokens_per_minute=1_000))})
REQUEST = Request(
    model="p/m",
    messages=(Message(role="user", parts=(Text(text="Hello"),)),),
    sampling=Sampling(max_output_tokens=600),
)
# As Anthropic tells usage: of the question and one token at once, of the rest at the end.
LONG: list[Event] = [
    Started(id="r", model="m"),
    UsageReported(usage=Usage(input_tokens=10, output_tokens=1)),
    *[TextDelta(text="word ") for _ in range(600)],
    UsageReported(usage=Usage(input_tokens=10, output_tokens=600)),
    Finished(reason=FinishReason.STOP),
]


async def _policy(_scope: Scope) -> Policy:
    return POLICY


# As the meter ends one that is longer than its hold pays for.
CUT: list[Event] = [*LONG[:-2], Finished(reason=FinishReason.LENGTH, cut=True)]


def limited(answer: list[Event] = LONG) -> Handler:
    metrics = LimitMetrics(CollectorRegistry())
    limits = Limits(policy=_policy, limiter=MemoryLimiter(NOON.timestamp), metrics=metrics, clock=lambda: NOON)
    return compose(Admit(limits), terminal=Dispatch({"p": ScriptedProvider("p", [answer])}))


async def ask(handler: Handler, *, until: int) -> None:
    """Ask, and leave after so many events."""
    call = new_call(SCOPE, REQUEST, patience_s=5).to(Target(provider="p", model="m"))
    async with aclosing(handler(call)) as events:
        for _ in range(until):
            await anext(events)


@pytest.mark.parametrize("until", [602, 603])
async def test_leaving_just_before_usage_is_told_saves_no_tokens(until: int) -> None:
    handler = limited()
    await ask(handler, until=until)
    with pytest.raises(RateLimitExceededError):
        await ask(handler, until=1)


async def test_an_answer_to_its_end_counts_as_it_was_reported() -> None:
    handler = limited()
    await ask(handler, until=len(LONG))
    with pytest.raises(RateLimitExceededError):
        await ask(handler, until=1)


async def test_an_answer_that_a_budget_cuts_counts_as_it_was_heard() -> None:
    handler = limited(CUT)
    await ask(handler, until=len(CUT))
    with pytest.raises(RateLimitExceededError):
        await ask(handler, until=1)

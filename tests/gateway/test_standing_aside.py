"""A stage that an organisation gives nothing to do does not stand around the stream: each layer costs every event."""

import asyncio
import sys
from collections.abc import Callable
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from chimera.adapters.rate_limiters.memory import MemoryLimiter
from chimera.bootstrap.cli.serving.run import leave_generators_alone
from chimera.gateway.call import Call, Handler, Target, new_call
from chimera.gateway.experiments.shadows import Shadows
from chimera.gateway.experiments.stage import Experiments
from chimera.gateway.experiments.tallies import Tallies
from chimera.gateway.layout.meter import SavingsMeter
from chimera.gateway.layout.stage import Layout
from chimera.gateway.limits.limits import Limits
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.resilience.levels import Barometer, Levels
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.degrade import Degrade
from chimera.gateway.stages.hedge import Hedge
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason, Request, Stream
from chimera.policies.policy import Policy
from chimera.policies.sections.experiments import ExperimentsPolicy
from chimera.policies.sections.layout import LayoutPolicy
from chimera.policies.sections.resilience import ResiliencePolicy

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
QUIET = Policy(layout=LayoutPolicy(measure=False))
BUSY = Policy(
    experiments=ExperimentsPolicy.model_validate(
        {"running": [{"name": "one", "model": "a/m", "challenger": "a/n", "kind": "ab", "share": 0.5}]}
    ),
    layout=LayoutPolicy(measure=True),
    resilience=ResiliencePolicy(hedge_share=0.1, budget_ends="degrade"),
)


async def asked_again(_scope: Scope) -> Policy:
    raise AssertionError("the policy was known")


def degrade() -> Degrade:
    return Degrade(asked_again, Levels(barometer=Barometer(loads=Loads())))


def hedge() -> Hedge:
    return Hedge(asked_again, Loads(), lambda _call: (), lambda _scope, _target: True)


def layout() -> Layout:
    return Layout(asked_again, SavingsMeter(), {}, lambda _scope, _target, _tokens: None)


def experiments() -> Experiments:
    tallies = Tallies(memory=None)
    return Experiments(
        asked_again,
        tallies,
        Shadows(tallies=tallies, is_priced=lambda _scope, _model: True),
        lambda _scope, model: {model},
    )


STAGES = (degrade, hedge, layout, experiments)


def made(policy: Policy | None) -> Call:
    call = new_call(SCOPE, Request(model="a/m", messages=()), patience_s=5).to(Target(provider="a", model="m"))
    call.trail.policy = policy
    return call


async def below(_call: Call) -> Stream:
    yield Finished(reason=FinishReason.STOP)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("policy", "stands_aside"), [(QUIET, True), (BUSY, False), (None, False)])
async def test_a_stage_stands_around_the_stream_only_where_it_may_have_to_act(
    stage: Callable[[], Callable[[Call, Handler], Stream]], policy: Policy | None, stands_aside: bool
):
    call = made(policy)
    stream = below(call)
    got = stage()(call, lambda _call: stream)
    assert (got is stream) == stands_aside
    await got.aclose()


async def test_whoever_admits_a_call_leaves_the_policy_for_all_who_come_after():
    async def policy(_scope: Scope) -> Policy:
        return QUIET

    limits = Limits(policy=policy, limiter=MemoryLimiter(), metrics=LimitMetrics(CollectorRegistry()))
    call = made(None)
    await limits.admit(call)
    assert call.trail.policy is QUIET


async def test_the_loop_keeps_no_list_of_generators_and_closes_lost_ones_all_the_same():
    before = sys.get_asyncgen_hooks()
    try:
        leave_generators_alone()
        closed = asyncio.Event()

        async def lost() -> Stream:
            try:
                yield Finished(reason=FinishReason.STOP)
            finally:
                closed.set()

        assert sys.get_asyncgen_hooks().firstiter is None
        async for _event in lost():
            break
        async with asyncio.timeout(15):
            await closed.wait()
    finally:
        sys.set_asyncgen_hooks(*before)

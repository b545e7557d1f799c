"""`/api/v1/experiments`: what the organisation's experiments have shown so far."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chimera.gateway.experiments.assignment import edition
from chimera.gateway.experiments.statistics import verdict
from chimera.gateway.experiments.tallies import Tallies, Trial, TrialKey
from chimera.gateway.experiments.tally import Tally
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.policies.sections.experiments import Experiment
from chimera.tenancy.permissions import POLICIES_MANAGE
from chimera.web.caller import needs
from chimera.web.routers import LateRouter


class ArmRead(BaseModel):
    """What came of one model's calls."""

    calls: int
    errors: int = Field(description="Calls that it did not answer, whoever stood in")
    first_token_s: float | None = Field(description="Typical time to the first token (geometric mean)")
    cost_usd: str | None = Field(description="Of the calls whose cost is known", examples=["0.0125"])
    output_tokens: int
    similarity: float | None = Field(description="Of shadows: how alike the answers were by their words, 0 to 1")


class ExperimentRead(BaseModel):
    """An experiment as it is set up, and what it has shown."""

    name: str = Field(examples=["try-mini"])
    kind: Literal["canary", "ab", "shadow"]
    model: str = Field(examples=["openai/gpt-5"])
    challenger: str = Field(examples=["openai/gpt-5-mini"])
    share: float
    control: ArmRead
    tried: ArmRead = Field(description="The challenger's")
    errors: Literal["no_difference_yet", "worse", "better"] = Field(
        description="How the challenger compares; sure to 95 % however often one looks"
    )
    latency: Literal["no_difference_yet", "worse", "better"] = Field(
        description="Likewise, the time to the first token"
    )
    ended: str | None = Field(description="Why it ended by itself; then every call goes to `model`")


class ExperimentList(BaseModel):
    data: list[ExperimentRead]


def router(tallies: Tallies, policy: Callable[[Scope], Awaitable[Policy]]) -> APIRouter:
    api = LateRouter(prefix="/api/v1/experiments", tags=["policies"])

    @api.get("")
    async def list_experiments(caller: Annotated[Scope, needs(POLICIES_MANAGE)]) -> ExperimentList:
        """What the experiments of the organisation's policy have shown so far, on all replicas."""
        running = (await policy(caller)).experiments.running
        results = await tallies.results(caller)
        return ExperimentList(data=[_read(one, results.get(_key(one, caller))) for one in running])

    return api


def _key(experiment: Experiment, caller: Scope) -> TrialKey:
    return TrialKey(caller.tenant_id, experiment.name, edition(experiment))


def _read(experiment: Experiment, trial: Trial | None) -> ExperimentRead:
    known = trial or Trial(arms={})
    control, challenger = known.arms.get("control", Tally()), known.arms.get("challenger", Tally())
    found = verdict(control, challenger)
    return ExperimentRead(
        name=experiment.name,
        kind=experiment.kind,
        model=experiment.model,
        challenger=experiment.challenger,
        share=experiment.share,
        control=_arm(control),
        tried=_arm(challenger),
        errors=found.errors,
        latency=found.latency,
        ended=known.ended,
    )


def _arm(tally: Tally) -> ArmRead:
    return ArmRead(
        calls=tally.calls,
        errors=tally.errors,
        first_token_s=tally.typical_first_s,
        cost_usd=usd(tally.cost_nusd) if tally.priced else None,
        output_tokens=tally.output_tokens,
        similarity=tally.similarity / tally.compared if tally.compared else None,
    )

"""Try another model beside the one that is asked for."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler
from chimera.gateway.experiments.assignment import arm_of, edition
from chimera.gateway.experiments.measuring import Measured
from chimera.gateway.experiments.shadows import Shadow, Shadows
from chimera.gateway.experiments.tallies import Tallies, TrialKey
from chimera.gateway.experiments.tally import Arm
from chimera.kit.scope import Scope
from chimera.llm import Request, Stream
from chimera.policies.policy import Policy
from chimera.policies.sections.experiments import Experiment

_HEADER = "experiment"
SHADOWED = "shadow"


@dataclass(frozen=True, slots=True)
class Experiments:
    """Gives each call of a model under experiment its arm, and notes what came of it.

    The model that was asked for stands in where a challenger fails. Stands above the caches: an answer of one arm is
    never given again in the other.

    Attributes:
        served_by: Ids of the models that a name stands for; an experiment whose challenger has none rests.
        may_ask: Whether a caller may ask a model: for who may not ask the challenger the experiment rests.
    """

    policy: Callable[[Scope], Awaitable[Policy]]
    tallies: Tallies
    shadows: Shadows
    served_by: Callable[[Scope, str], Collection[str]]
    random: Random = field(default_factory=Random)  # noqa: S311 (chooses whom to shadow, guards nothing)
    may_ask: Callable[[Scope, str], bool] = lambda _scope, _model: True

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = call.trail.policy
        return self._tried(call, proceed) if policy is None or policy.experiments.running else proceed(call)

    async def _tried(self, call: Call, proceed: Handler) -> Stream:
        running = (await self.policy(call.scope)).experiments.running
        experiment = next((one for one in running if one.model == call.request.model), None)
        if (
            experiment is None
            or not self.served_by(call.scope, experiment.challenger)
            or not self.may_ask(call.scope, experiment.challenger)
            or not isinstance(call.request, Request)
            or call.origin.feature == SHADOWED
        ):
            async with aclosing(proceed(call)) as stream:
                async for event in stream:
                    yield event
            return
        key = TrialKey(call.scope.tenant_id, experiment.name, edition(experiment))
        arm = self._arm(experiment, key, call)
        asked = _as_challenger(call, experiment) if arm == "challenger" else call
        measured = Measured(asked, self.served_by(call.scope, asked.request.model))
        try:
            async with aclosing(measured.events(proceed)) as stream:
                async for event in stream:
                    yield event
        finally:
            self._note(experiment, key, arm, measured)
        if experiment.kind == SHADOWED and not call.cached_only and self.random.random() < experiment.share:
            self.shadows.offer(
                Shadow(
                    call=call,
                    experiment=experiment,
                    key=key,
                    served_by=self.served_by(call.scope, experiment.challenger),
                    proceed=proceed,
                    answer="".join(measured.text),
                )
            )

    def _arm(self, experiment: Experiment, key: TrialKey, call: Call) -> Arm:
        if experiment.kind == SHADOWED:
            return "control"
        arm: Arm = "control" if self.tallies.is_ended(key) else arm_of(experiment, call)
        call.trail.told.headers[_HEADER] = f"{experiment.name}={arm}"
        return arm

    def _note(self, experiment: Experiment, key: TrialKey, arm: Arm, measured: Measured) -> None:
        if measured.outcome is not None:
            self.tallies.note(key, arm, measured.outcome, canary=experiment.kind == "canary")


def _as_challenger(call: Call, experiment: Experiment) -> Call:
    return replace(
        call,
        request=replace(call.request, model=experiment.challenger),
        fallbacks=(*call.fallbacks, experiment.model),
    )

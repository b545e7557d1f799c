"""`auto`: who should answer a call, and why. Decides in a millisecond or two, without asking anybody."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chimera.gateway.call import Call, Target
from chimera.gateway.errors import ModelNotAllowedError, UnknownModelError
from chimera.gateway.routing.candidates import Candidate, Candidates
from chimera.gateway.routing.demands import demands_of
from chimera.gateway.routing.dial import Dials
from chimera.gateway.routing.difficulty import Weights, difficulty_of, embedded
from chimera.gateway.routing.experience import Known, RouteKey
from chimera.gateway.routing.explaining import Manner, Weighed, told
from chimera.gateway.routing.sticky import Key, Stay, Stays, digest, key_of
from chimera.gateway.routing.tasks import Task, task_of
from chimera.gateway.routing.weighing import Choice, Option, cheapest_of, choose, standing_in
from chimera.gateway.telling import Decision
from chimera.kit.scope import Scope
from chimera.llm import Request
from chimera.policies.policy import Policy

_MOST_TARGETS: Final = 4
_MOST_NAMED: Final = 8
# A conversation stays with a model that is expected to fall so much further below the best than another may.
_LOYALTY: Final = 0.05
# Another one must save so much of what staying costs.
_WORTH_LEAVING: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A decision with all that is needed to learn from it.

    Attributes:
        targets: The chosen model and its stand-ins, in order.
        stayed: Whether the conversation kept its model.
        again: The model whose answer the caller did not want, when it asks the same once more.
    """

    decision: Decision
    targets: tuple[Target, ...]
    options: tuple[Option, ...]
    task: Task
    dial: float
    key: Key
    stay: Stay
    stayed: bool = False
    again: str | None = None


@dataclass(slots=True, kw_only=True)
class Router:
    """Chooses for calls to `auto`.

    Attributes:
        policy: What the caller's organisation decided.
        known: What it has learned.
        vector: A vector of a text by the embedder of that id, if it can be had at once.
        weights: What was learned before.
    """

    candidates: Candidates
    policy: Callable[[Scope], Awaitable[Policy]]
    known: Callable[[Scope], Awaitable[Known]]
    weights: Callable[[], Weights]
    vector: Callable[[str, str], Awaitable[Sequence[float] | None]]
    stays: Stays = field(default_factory=Stays)
    _dials: Dials | None = None

    async def decide(self, call: Call, request: Request) -> Routed:
        """Choose for a call that is about to be made.

        Raises:
            UnknownModelError: if there is nobody who can answer; says why.
            ModelNotAllowedError: if the caller may ask none of those who could.
        """
        return await self._decide(call, request, dry=False)

    async def consider(self, call: Call, request: Request) -> Routed:
        """Say what would be chosen. Leaves no trace."""
        return await self._decide(call, request, dry=True)

    async def _decide(self, call: Call, request: Request, *, dry: bool) -> Routed:
        policy = (await self.policy(call.scope)).routing
        weighed = await self._weighed(call, request, policy.candidates)
        dial = policy.dial if call.wishes.dial is None else call.wishes.dial
        dials = self.dials
        choice = choose(weighed.options, dials.tolerance(weighed.window, dial, usual=weighed.usual))
        if not dry:
            dials.heard(weighed.window, weighed.gain, usual=weighed.usual)
        key, asked = key_of(call, request), digest(weighed.demands.text)
        stay = self.stays.of(key) if policy.sticky else None
        again = stay.model if stay is not None and call.origin.conversation_id and stay.asked == asked else None
        kept = None if stay is None or again else self._kept(stay, weighed, choice)
        chosen = choice.best if again else kept or choice.chosen
        manner: Manner = "again" if again else "stayed" if kept else "chosen"
        return Routed(
            decision=told(weighed, replace(choice, chosen=chosen), dial, manner),
            targets=_targets(weighed, chosen),
            options=weighed.options,
            task=weighed.task,
            dial=dial,
            key=key,
            stay=Stay(
                model=chosen.model,
                task=weighed.task,
                asked=asked,
                turns=len(request.messages),
                prompt_tokens=weighed.demands.input_tokens,
                at=self.stays.clock(),
            ),
            stayed=kept is not None,
            again=again,
        )

    @property
    def dials(self) -> Dials:
        if self._dials is None:
            self._dials = Dials(self.weights().gaps)
        return self._dials

    async def _weighed(self, call: Call, request: Request, named: Sequence[str]) -> Weighed:
        demands = demands_of(request)
        task = task_of(demands.text, input_tokens=demands.input_tokens)
        found = self.candidates.field(demands, task, named, call.scope)
        if not found.candidates:
            if call.scope.models and not found.rejected:
                raise ModelNotAllowedError.naming(request.model)
            reasons = "; ".join(f"{one.model}: {one.why}" for one in found.rejected[:_MOST_NAMED])
            raise UnknownModelError(f"No model that `auto` may choose can answer. {reasons or 'None is configured.'}")
        known, learned = await self.known(call.scope), self.weights()
        vector = None
        if task == learned.task and len(found.candidates) > 1:
            vector = await self.vector(learned.embedder, embedded(demands.text))
        hard = difficulty_of(demands.text, task, learned, vector)

        def option(one: Candidate) -> Option:
            quality = known.tally(RouteKey(task, one.id)).quality(hard.expected(one.prior))
            return Option(model=one.id, quality=quality, cost_nusd=one.cost_nusd(demands, task))

        options = tuple(option(one) for one in found.candidates)
        best = max(found.candidates, key=lambda one: one.prior)
        cheapest = found.candidates[options.index(cheapest_of(options))]
        return Weighed(
            demands=demands,
            task=task,
            field=found,
            options=options,
            window=(call.scope.tenant_id, best.id, cheapest.id),
            usual=best.prior - cheapest.prior,
            saw_vector=vector is not None,
        )

    def _kept(self, stay: Stay, weighed: Weighed, choice: Choice) -> Option | None:
        """The conversation's model, if it should stay with it."""
        stuck = next((option for option in weighed.options if option.model == stay.model), None)
        if stuck is None or stuck.quality < choice.best.quality - choice.tolerance - _LOYALTY:
            return None
        at = next(one for one in weighed.field.candidates if one.id == stay.model)
        staying = at.cost_nusd(weighed.demands, weighed.task, cached_tokens=self.stays.cached_tokens(stay))
        leaving = choice.chosen.cost_nusd
        if staying is not None and leaving is not None and leaving < staying * (1 - _WORTH_LEAVING):
            return None
        return stuck


def _targets(weighed: Weighed, chosen: Option) -> tuple[Target, ...]:
    by_id = {one.id: one.target for one in weighed.field.candidates}
    order = (chosen, *standing_in(weighed.options, chosen))[:_MOST_TARGETS]
    return tuple(by_id[option.model] for option in order)

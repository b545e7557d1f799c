"""Questions asked of another model as well, in the background: they delay nobody and change no answer."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog
from msgspec.structs import replace

from chimera.gateway.call import Call, Handler, Wishes, new_call
from chimera.gateway.experiments.measuring import Measured
from chimera.gateway.experiments.similarity import similarity
from chimera.gateway.experiments.tallies import Tallies, TrialKey
from chimera.kit.errors import AppError
from chimera.kit.money import NUSD
from chimera.kit.scope import Scope
from chimera.policies.sections.experiments import Experiment

log = structlog.get_logger()

_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """One question to be asked again.

    Attributes:
        served_by: Ids of the models that the challenger's name stands for.
        proceed: The pipeline below the experiments.
        answer: What its caller was answered.
    """

    call: Call
    experiment: Experiment
    key: TrialKey
    served_by: Collection[str]
    proceed: Handler
    answer: str


@dataclass(slots=True, kw_only=True)
class Shadows:
    """A short queue and a few who work on it; what does not fit in is dropped.

    Attributes:
        is_priced: Whether it is known what a model costs: no other is shadowed, for nobody could keep to a budget.
    """

    tallies: Tallies
    is_priced: Callable[[Scope, str], bool]
    workers: int = 4
    waiting: asyncio.Queue[Shadow] = field(default_factory=lambda: asyncio.Queue[Shadow](100))

    def offer(self, shadow: Shadow) -> None:
        if self.waiting.full() or not self._can_be_paid(shadow):
            return
        self.waiting.put_nowait(shadow)

    async def run(self) -> None:
        """Ask, for ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.workers):
                tasks.create_task(self._work())

    async def _work(self) -> None:
        while True:
            shadow = await self.waiting.get()
            if self._can_be_paid(shadow):
                await self._ask(shadow)

    async def _ask(self, shadow: Shadow) -> None:
        call = shadow.call
        asked = new_call(
            call.scope,
            replace(call.request, model=shadow.experiment.challenger),
            patience_s=_PATIENCE_S,
            origin=replace(call.origin, feature="shadow"),
            wishes=Wishes(cache="off"),
        )
        measured = Measured(asked, shadow.served_by)
        try:
            async with asyncio.timeout(_PATIENCE_S), aclosing(measured.events(shadow.proceed)) as events:
                async for _ in events:
                    pass
        except (AppError, TimeoutError) as error:
            log.debug("experiments.shadow_failed", experiment=shadow.experiment.name, error=type(error).__name__)
        except Exception:  # the outermost edge of this task
            log.exception("experiments.shadow_broke", experiment=shadow.experiment.name)
        outcome = measured.outcome
        if outcome is None:
            return
        if not outcome.failed:
            outcome = replace(outcome, similarity=similarity(shadow.answer, "".join(measured.text)))
        self.tallies.note(shadow.key, "challenger", outcome, canary=False)

    def _can_be_paid(self, shadow: Shadow) -> bool:
        cap_nusd = int(shadow.experiment.usd_per_day * NUSD)
        if self.tallies.spent_nusd(shadow.key) >= cap_nusd:
            return False
        return self.is_priced(shadow.call.scope, shadow.experiment.challenger)

"""Who is asked first, second, not at all, or on trial: the stages, and the tasks behind them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from chimera.adapters.tally_memories.database import DatabaseTallyMemory
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.settings import Settings
from chimera.gateway.access.admission import may_ask
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.call import Target
from chimera.gateway.circuit import Breakers, CircuitState
from chimera.gateway.experiments.shadows import Shadows
from chimera.gateway.experiments.stage import Experiments
from chimera.gateway.experiments.tallies import Tallies
from chimera.gateway.knowledge import Rates
from chimera.gateway.layout.meter import SavingsMeter
from chimera.gateway.layout.stage import Layout
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.resilience.levels import Barometer, Levels
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.degrade import Degrade
from chimera.gateway.stages.hedge import Hedge
from chimera.gateway.stages.watch import Watch
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """What the stages share with others.

    Attributes:
        loads: How each target is doing.
        levels: How much is offered to whom.
        tallies: What experiments have shown.
        prompts: What prompt caches were worth.
        offline_answer: Of the installation.
    """

    loads: Loads
    levels: Levels
    tallies: Tallies
    prompts: SavingsMeter
    offline_answer: str

    @asynccontextmanager
    async def staged(
        self, parts: PipelineParts, backing: Backing, catalogues: Catalogues
    ) -> AsyncGenerator[PipelineParts]:
        """The parts with the stages of this area. Leaving forgets shadows not asked yet, and keeps what was counted."""
        self.loads.is_open = _open_in(parts.breakers)

        def is_priced(scope: Scope, target: Target | None) -> bool:
            known = catalogues.knowledge(scope, target) if target else None
            return known is not None and known.facts.price is not None

        def resolve(scope: Scope, model: str) -> Target | None:
            return catalogues.of(scope).resolve(model)

        def rates(scope: Scope, target: Target, input_tokens: int) -> Rates | None:
            known = catalogues.knowledge(scope, target)
            price = known.facts.price if known else None
            return price.rates(utc_now(), input_tokens) if price else None

        def served_by(scope: Scope, model: str) -> Collection[str]:
            shares = catalogues.of(scope).names.shares(model)
            return {found.id for share in shares if (found := resolve(scope, share.model))}

        def can_ask(scope: Scope, model: str) -> bool:
            return may_ask(catalogues.of(scope), scope.models, model)

        shadows = Shadows(tallies=self.tallies, is_priced=lambda scope, model: is_priced(scope, resolve(scope, model)))
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(run()) for run in (self.tallies.run, shadows.run)]
            try:
                yield replace(
                    parts,
                    degrade=Degrade(backing.policy, self.levels, self.offline_answer, can_ask),
                    experiment=Experiments(backing.policy, self.tallies, shadows, served_by, may_ask=can_ask),
                    layout=Layout(backing.policy, self.prompts, parts.wires, rates),
                    hedge=Hedge(backing.policy, self.loads, parts.routes.targets, is_priced),
                    watch=Watch(self.loads),
                )
            finally:
                for task in running:
                    task.cancel()


def open_resilience(settings: Settings, backing: Backing) -> Resilience:
    loads = Loads()
    return Resilience(
        loads=loads,
        levels=Levels(barometer=Barometer(loads=loads), installation=settings.level),
        tallies=Tallies(memory=DatabaseTallyMemory(backing.database) if backing.database else None),
        prompts=SavingsMeter(),
        offline_answer=settings.offline_answer,
    )


def _open_in(breakers: Breakers) -> Callable[[str], bool]:
    def is_open(target_id: str) -> bool:
        return breakers.seen(target_id) is CircuitState.OPEN

    return is_open

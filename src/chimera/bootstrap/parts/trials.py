"""Models tried beside others: the stage, what it counts, and the tasks that bring that to the database."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from chimera.adapters.tally_memories.database import DatabaseTallyMemory
from chimera.bootstrap.parts.backing import Backing
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.experiments.shadows import Shadows
from chimera.gateway.experiments.tallies import Tallies
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.stages.experiment import Experiments


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The stage, and what it counts."""

    stage: Experiments
    tallies: Tallies

    def staged(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, experiment=self.stage)


@asynccontextmanager
async def open_trials(backing: Backing, catalogue: Callable[[], Catalogue]) -> AsyncGenerator[Trials]:
    """Leaving forgets shadows that were not asked yet, and keeps what was counted."""
    memory = DatabaseTallyMemory(backing.database) if backing.database else None
    tallies = Tallies(memory=memory)

    def is_priced(model: str) -> bool:
        known = catalogue()
        target = known.resolve(model)
        facts = known.knowledge.get(target.id) if target else None
        return facts is not None and facts.facts.price is not None

    shadows = Shadows(tallies=tallies, is_priced=is_priced)
    stage = Experiments(backing.policy, tallies, shadows, lambda model: catalogue().resolve(model) is not None)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(tallies.run()), tasks.create_task(shadows.run())]
        try:
            yield Trials(stage=stage, tallies=tallies)
        finally:
            for task in running:
                task.cancel()

"""What keeps answers coming while not all is well: who is asked first, second, and not at all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.settings import Settings
from chimera.gateway.call import Target
from chimera.gateway.circuit import Breakers, CircuitState
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.resilience.levels import Barometer, Levels
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.degrade import Degrade
from chimera.gateway.stages.hedge import Hedge
from chimera.gateway.stages.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """What its stages share with others.

    Attributes:
        loads: How each target is doing.
        levels: How much is offered to whom.
        offline_answer: Of the installation.
    """

    loads: Loads
    levels: Levels
    offline_answer: str

    def staged(self, parts: PipelineParts, backing: Backing) -> PipelineParts:
        """The parts with the stages of this area."""
        self.loads.is_open = _open_in(parts.breakers)
        routes = parts.routes

        def is_priced(target: Target) -> bool:
            known = routes.catalogue().knowledge.get(target.id)
            return known is not None and known.facts.price is not None

        return replace(
            parts,
            degrade=Degrade(backing.policy, self.levels, self.offline_answer),
            hedge=Hedge(backing.policy, self.loads, routes.targets, is_priced),
            watch=Watch(self.loads),
        )


def open_resilience(settings: Settings) -> Resilience:
    loads = Loads()
    levels = Levels(barometer=Barometer(loads=loads), installation=settings.level)
    return Resilience(loads=loads, levels=levels, offline_answer=settings.offline_answer)


def _open_in(breakers: Breakers) -> Callable[[str], bool]:
    def is_open(target_id: str) -> bool:
        circuit = breakers.of(target_id)
        return circuit.state is CircuitState.OPEN and circuit.open_until > breakers.clock()

    return is_open

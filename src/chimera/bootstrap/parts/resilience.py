"""What keeps answers coming while not all is well: who is asked first, second, and not at all."""

from collections.abc import Callable
from dataclasses import replace

from chimera.gateway.circuit import Breakers, CircuitState
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.watch import Watch


def with_resilience(parts: PipelineParts, loads: Loads) -> PipelineParts:
    """The parts with the stages of this area."""
    loads.is_open = _open_in(parts.breakers)
    return replace(parts, watch=Watch(loads))


def _open_in(breakers: Breakers) -> Callable[[str], bool]:
    def is_open(target_id: str) -> bool:
        circuit = breakers.of(target_id)
        return circuit.state is CircuitState.OPEN and circuit.open_until > breakers.clock()

    return is_open

"""How many circuits are open, for Prometheus, by provider: callers may name any model."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from chimera.gateway.accounts.account import LABEL, OWN
from chimera.gateway.circuit import Breakers


class CircuitCollector(Collector):
    """Reads the circuits whenever somebody asks."""

    def __init__(self, breakers: Breakers, registry: CollectorRegistry) -> None:
        self._breakers = breakers
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        states = self._breakers.states().items()
        counted = Counter((_provider(target_id), state.value) for target_id, state in states)
        gauge = GaugeMetricFamily(
            "chimera_gateway_circuits", "Circuits of targets by provider and state.", labels=("provider", "state")
        )
        for labels, count in sorted(counted.items()):
            gauge.add_metric(labels, count)
        yield gauge


def _provider(target: str) -> str:
    return LABEL if target.startswith(OWN) else target.partition("/")[0]

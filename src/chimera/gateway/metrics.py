"""What the gateway counts, for Prometheus. Labels are bounded by what is configured, never by what callers send.

Plain numbers, told when somebody asks: an instrument of the library's takes a lock and four calls to add one, and each
call adds ten times. They are counted in the event loop's thread alone.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_BOUNDS = (*(str(float(bound)) for bound in SECONDS), "+Inf")

Labels: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Times:
    """How many took how long: by the bounds of `SECONDS`, the last for what took longer."""

    counts: list[int] = field(default_factory=lambda: [0] * len(_BOUNDS))
    total_s: float = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.total_s += seconds


@dataclass(slots=True)
class TargetMetrics:
    """What is counted of one target."""

    duration: Times = field(default_factory=Times)
    first_token: Times = field(default_factory=Times)
    input_tokens: int = 0
    output_tokens: int = 0


class GatewayMetrics(Collector):
    """What the pipeline counts, registered with `registry` once.

    Attributes:
        calls: By target and outcome.
        attempts: By provider and outcome.
        in_flight: Calls under way.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls: Counter[Labels] = Counter()
        self.attempts: Counter[Labels] = Counter()
        self.in_flight = 0
        self._targets: dict[str, TargetMetrics] = {}
        registry.register(self)

    def of(self, target: str) -> TargetMetrics:
        found = self._targets.get(target)
        if found is None:
            found = self._targets[target] = TargetMetrics()
        return found

    def collect(self) -> Iterator[Metric]:
        """Tell all of it; for the registry."""
        targets = dict(self._targets)
        tokens = {
            (target, kind): count
            for target, one in targets.items()
            for kind, count in (("input", one.input_tokens), ("output", one.output_tokens))
        }
        first_tokens = {target: one.first_token for target, one in targets.items()}
        durations = {target: one.duration for target, one in targets.items()}
        yield _counted("chimera_gateway_calls", "Model calls by target and outcome.", ("target", "outcome"), self.calls)
        yield _counted(
            "chimera_gateway_attempts", "Attempts by provider and outcome.", ("provider", "outcome"), self.attempts
        )
        yield _counted("chimera_gateway_tokens", "Tokens by target and kind.", ("target", "kind"), tokens)
        yield _timed("chimera_gateway_first_token_seconds", "Time from the call to its first event.", first_tokens)
        yield _timed("chimera_gateway_call_seconds", "Time from the call to its end.", durations)
        yield GaugeMetricFamily("chimera_gateway_calls_in_flight", "Model calls under way.", value=self.in_flight)


def _counted(name: str, help_text: str, labels: Iterable[str], counts: Mapping[Labels, int]) -> Metric:
    family = CounterMetricFamily(name, help_text, labels=tuple(labels))
    for values, count in counts.items():
        family.add_metric(values, count)
    return family


def _timed(name: str, help_text: str, by_target: Mapping[str, Times]) -> Metric:
    family = HistogramMetricFamily(name, help_text, labels=("target",))
    for target, times in by_target.items():
        buckets = zip(_BOUNDS, accumulate(times.counts), strict=True)
        family.add_metric((target,), buckets=list(buckets), sum_value=times.total_s)
    return family

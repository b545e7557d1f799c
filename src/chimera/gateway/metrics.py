"""What the gateway counts, for Prometheus. Labels are bounded by what is configured, never by what callers send."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMetrics:
    """The instruments of one target: looking them up by their labels costs more than counting."""

    duration: Histogram
    first_token: Histogram
    input_tokens: Counter
    output_tokens: Counter


class GatewayMetrics:
    """Instruments of the pipeline, registered with `registry` once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "chimera_gateway_calls", "Model calls by target and outcome.", ("target", "outcome"), registry=registry
        )
        self.attempts = Counter(
            "chimera_gateway_attempts", "Attempts by provider and outcome.", ("provider", "outcome"), registry=registry
        )
        self.tokens = Counter(
            "chimera_gateway_tokens", "Tokens by target and kind.", ("target", "kind"), registry=registry
        )
        self.first_token = Histogram(
            "chimera_gateway_first_token_seconds",
            "Time from the call to its first event.",
            ("target",),
            buckets=SECONDS,
            registry=registry,
        )
        self.duration = Histogram(
            "chimera_gateway_call_seconds",
            "Time from the call to its end.",
            ("target",),
            buckets=SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge("chimera_gateway_calls_in_flight", "Model calls under way.", registry=registry)
        self._by_target: dict[str, TargetMetrics] = {}
        self._outcomes: dict[tuple[str, str], Counter] = {}
        self._attempts: dict[tuple[str, str], Counter] = {}

    def of(self, target: str) -> TargetMetrics:
        found = self._by_target.get(target)
        if found is None:
            found = self._by_target[target] = TargetMetrics(
                duration=self.duration.labels(target),
                first_token=self.first_token.labels(target),
                input_tokens=self.tokens.labels(target, "input"),
                output_tokens=self.tokens.labels(target, "output"),
            )
        return found

    def ended(self, target: str, outcome: str) -> None:
        """Count a call."""
        _count(self.calls, self._outcomes, (target, outcome))

    def tried(self, provider: str, outcome: str) -> None:
        """Count an attempt."""
        _count(self.attempts, self._attempts, (provider, outcome))


def _count(counter: Counter, known: dict[tuple[str, str], Counter], labels: tuple[str, str]) -> None:
    one = known.get(labels)
    if one is None:
        one = known[labels] = counter.labels(*labels)
    one.inc()

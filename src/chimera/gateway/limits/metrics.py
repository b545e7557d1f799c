"""What limits count, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter


class LimitMetrics:
    """Instruments, registered with `registry` once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.refusals = Counter(
            "chimera_gateway_limited",
            "Calls refused by a rate limit or quota: whose, of what, in which period.",
            ("whose", "unit", "period"),
            registry=registry,
        )

"""What monitoring is told of jobs: counts by kind, never of whom."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from chimera.jobs.repository import Count
from chimera.jobs.states import JobState

_ALIVE: Final = (JobState.WAITING.value, JobState.RUNNING.value)


class JobMetrics:
    """Alike on every replica, but for what ended here."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = Gauge("chimera_jobs", "Jobs that there are.", ["kind", "state"], registry=registry)
        self._late = Gauge("chimera_jobs_late_seconds", "How long the longest due job waits.", registry=registry)
        self._ended = Counter("chimera_jobs_ended", "Attempts that ended here.", ["kind", "outcome"], registry=registry)

    def stand(self, counts: Iterable[Count], now: datetime) -> None:
        """Tell how many there are now."""
        counts = list(counts)
        self._jobs.clear()
        for one in counts:
            self._jobs.labels(one.kind, one.state).set(one.jobs)
        late = [(now - one.first_due_at).total_seconds() for one in counts if one.state in _ALIVE]
        self._late.set(max(0.0, *late, 0.0))

    def ended(self, kind: str, outcome: str) -> None:
        """Note an attempt: `done`, `again`, `failed`, `dead` or `lost`."""
        self._ended.labels(kind, outcome).inc()

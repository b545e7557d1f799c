"""How fast jobs are looked for, and when a worker is taken for dead."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from chimera.jobs.job import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPace:
    """Times.

    Attributes:
        look_s: Seconds between two looks for what is due, where no wake-up came.
        plan_s: Seconds between two looks whether a schedule is due.
        heartbeat_s: Seconds between two signs of life.
        lease: Without a sign for so long a worker is dead.
        jitter: Each rest is so much longer or shorter, by chance.
    """

    look_s: float = 5.0
    plan_s: float = 20.0
    heartbeat_s: float = 5.0
    lease: timedelta = timedelta(seconds=30)
    jitter: float = 0.2

    def rest(self, terms: Terms, attempts: int, random: Random) -> timedelta | None:
        """How long to wait after so many attempts; `None` when it was the last."""
        if attempts >= terms.most_attempts:
            return None
        rest = min(terms.longest_rest, terms.first_rest * float(2 ** min(attempts - 1, 30)))
        return rest * random.uniform(1 - self.jitter, 1 + self.jitter)

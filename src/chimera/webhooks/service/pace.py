"""How fast webhooks are delivered, how often they are tried, and when we give up."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPace:
    """Times.

    Attributes:
        look_s: Seconds between two looks for what is due, where nobody here wrote something.
        lease: Longer than one try takes; after that its replica is dead.
        rests_s: Seconds before each further try: ten tries in 75 hours, as Standard Webhooks recommends.
        jitter: Each rest is so much longer or shorter, by chance.
        patience: Failing for so long, without one success, a webhook is disabled when it fails for good.
        kept: How long events and the log of their deliveries are kept.
    """

    look_s: float = 5.0
    lease: timedelta = timedelta(seconds=60)
    rests_s: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    jitter: float = 0.2
    patience: timedelta = timedelta(hours=60)
    kept: timedelta = timedelta(days=30)

    def rest(self, tries: int, random: Random, *, asked_s: float | None) -> timedelta | None:
        """How long to wait after so many tries, at least what the receiver asked for; `None` when it was the last."""
        if tries > len(self.rests_s):
            return None
        rest_s = self.rests_s[tries - 1] * random.uniform(1 - self.jitter, 1 + self.jitter)
        return timedelta(seconds=max(rest_s, asked_s or 0.0))

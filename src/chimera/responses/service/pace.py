"""How often what is written down, and how long things are kept."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds, but for what is kept.

    Attributes:
        coalesce_s: Events of this time become one write.
        heartbeat_s: How often a writer with nothing to write tells that it lives.
        stale_s: A response whose writer was not seen for so long is taken from it. A few heartbeats.
        poll_s: How often readers look without having been woken.
        kept: How long a response is kept after it was made or last continued.
    """

    coalesce_s: float = 0.05
    heartbeat_s: float = 5.0
    stale_s: float = 30.0
    poll_s: float = 1.0
    kept: timedelta = timedelta(days=30)

"""How often what is written down, and how long is waited for whom."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds.

    Attributes:
        coalesce_s: What a model says within this time becomes one write.
        snapshot_s: How often the message itself is brought up to date while it is written.
        heartbeat_s: How often a writer with nothing to write tells that it lives.
        stale_s: A turn whose writer was not seen for so long is taken from it. A few heartbeats.
        poll_s: How often readers look without having been woken.
        patience_s: The most time that an answer may take.
    """

    coalesce_s: float = 0.05
    snapshot_s: float = 2.0
    heartbeat_s: float = 5.0
    stale_s: float = 30.0
    poll_s: float = 1.0
    patience_s: float = 600.0

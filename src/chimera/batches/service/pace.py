"""How fast the runner goes, and how it asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an endpoint answered to one line of a batch.

    Attributes:
        retry_after_s: When trying again makes sense, where it told.
        limited: Whether a rate limit of our own refused it, which passes.
    """

    status: int
    body: bytes
    request_id: str
    retry_after_s: float | None = None
    limited: bool = False


Execute: TypeAlias = Callable[[Scope, str, bytes], Awaitable[Answered]]
"""Ask the endpoint of a path with a JSON body, on behalf of somebody; never raises for what the endpoint refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPace:
    """Times in seconds.

    Attributes:
        concurrency: Lines of one tenant in flight, per replica.
        batches: Batches of one tenant led on at once, per replica.
        look_s: Between two looks for batches that other replicas took in or let go.
        heartbeat_s: Between two signs of life.
        recheck_s: Between two questions whether the owner may still do this; what is in flight ends with the answer.
        stale_s: Without a sign for so long a replica is dead.
        limited_s: Longest pause between two tries of a line that a rate limit refused.
        pauses_s: Before each further try of a line that met a passing trouble.
        parting_s: For lines in flight when their batch is cancelled or out of time; then they are cut off.
        longest_line: Bytes of the longest line.
    """

    concurrency: int = 8
    batches: int = 4
    look_s: float = 5.0
    heartbeat_s: float = 5.0
    recheck_s: float = 2.0
    stale_s: float = 30.0
    limited_s: float = 60.0
    pauses_s: tuple[float, ...] = (2.0, 15.0, 60.0)
    parting_s: float = 10.0
    longest_line: int = 64 * 1_048_576

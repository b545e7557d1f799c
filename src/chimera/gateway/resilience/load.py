"""How each target is doing here and now: calls in flight, time to the first token, rest after a rate limit. No I/O."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from chimera.gateway.accounts.account import OWN

_MOST_TARGETS = 1024
_SAMPLES = 128
_FEWEST_SAMPLES = 20
_TAU_S = 10.0
_STALE_S = 30.0
# A failure counts as a first token that came late: else a target that fails fast would look quick.
_FAILED_S = 5.0


@dataclass(slots=True)
class TargetLoad:
    """What was seen of one target.

    Attributes:
        first_s: Seconds to the first token, smoothed; `None` until one came.
        rests_until: Moment until which it asked to be left alone.
        used_at: Moment of its last attempt.
    """

    in_flight: int = 0
    first_s: float | None = None
    rests_until: float = 0.0
    used_at: float = -math.inf
    _heard_at: float = -math.inf
    _samples: dict[Hashable, deque[float]] = field(default_factory=dict[Hashable, deque[float]])

    def heard(self, seconds: float, now: float, kind: Hashable) -> None:
        """Take a time to a first token into account; those of one `kind` of question are comparable."""
        self._smooth(seconds, now)
        self._samples.setdefault(kind, deque(maxlen=_SAMPLES)).append(seconds)

    def failed(self, seconds: float, now: float) -> None:
        self._smooth(max(seconds, _FAILED_S), now)

    def given_up(self, seconds: float, now: float) -> None:
        """Nobody waited for its first token any longer: it takes at least so long. Whoever leaves soon says nothing."""
        if seconds >= max(_FAILED_S, self.first_s or 0.0):
            self._smooth(seconds, now)

    def cost(self, now: float) -> float:
        """Expected wait of one more call: smoothed latency times the queue (the rule of Finagle's peak EWMA).

        What was heard long ago fades, so that a target that was slow once is asked again some day; one that was never
        heard of costs nothing, and so is tried at once.
        """
        if self.first_s is None:
            return 0.0
        stale_s = max(0.0, now - self._heard_at - _STALE_S)
        return self.first_s * float(0.5 ** (stale_s / _STALE_S)) * (self.in_flight + 1)

    def p95_s(self, kind: Hashable) -> float | None:
        """Time within which 95 of 100 first tokens came; `None` before twenty did."""
        samples = self._samples.get(kind, ())
        if len(samples) < _FEWEST_SAMPLES:
            return None
        return sorted(samples)[math.ceil(0.95 * len(samples)) - 1]

    def _smooth(self, seconds: float, now: float) -> None:
        # The longer ago the last one came, the more the new one weighs.
        weight = min(0.6, max(0.1, -math.expm1((self._heard_at - now) / _TAU_S)))
        self.first_s = seconds if self.first_s is None else self.first_s + weight * (seconds - self.first_s)
        self._heard_at = now


def _never(_target_id: str) -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class Loads:
    """The load of every target that was asked from here.

    Attributes:
        is_open: Whether a target's circuit is open.
    """

    clock: Callable[[], float] = monotonic
    is_open: Callable[[str], bool] = _never
    _targets: OrderedDict[str, TargetLoad] = field(default_factory=OrderedDict[str, TargetLoad])

    def of(self, target_id: str) -> TargetLoad:
        load = self._targets.get(target_id)
        if load is None:
            load = self._targets[target_id] = TargetLoad()
            if len(self._targets) > _MOST_TARGETS:  # callers may send any string as a model
                self._targets.popitem(last=False)
        return load

    def is_resting(self, target_id: str) -> bool:
        """Whether a target should be asked last: it asked for a pause, or its circuit is open."""
        load = self._targets.get(target_id)
        return load is not None and (load.rests_until > self.clock() or self.is_open(target_id))

    def used_within(self, seconds: float) -> Sequence[str]:
        """Targets of the house that were asked lately, or are being asked now: how others' own are says nothing."""
        since, targets = self.clock() - seconds, self._targets.items()
        return [
            name for name, load in targets if (load.used_at >= since or load.in_flight) and not name.startswith(OWN)
        ]

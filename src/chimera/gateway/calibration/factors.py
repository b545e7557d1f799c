"""One factor: what a provider reports over what we estimate, learned from many voices of which none is believed alone.

Each organisation has a voice of its own, and the factor is their weighted median: one that sends strange texts moves
its own voice only. A report moves a voice by a bounded step, and no voice leaves the bounds of its script.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from chimera.gateway.tokens import Script

# The estimate is known to be near for ASCII; for scripts that a vocabulary barely knows it may be off by five.
_NEAR, _FAR = math.log(2.5), math.log(6.0)
_FARTHEST_STEP = 0.5
_FIRST_GAIN, _LAST_GAIN = 0.5, 0.05
# So many reports make a full voice: whoever sends a thousand is not heard more than whoever sends ten. What is
# remembered is worth more than two of them, until what is heard has proved itself: it fades by one in eight reports.
_FULL_VOICE, _FULL_MEMORY, _FADING = 10, 25, 8
_MOST_VOICES = 32
_MOST_REMEMBERED = 200
# With fewer reports than this a factor is not used.
_ENOUGH = 5

_VERSION = re.compile(r"([-@](\d{4}-?\d{2}-?\d{2}|\d{4}|\d{2}-\d{4}|latest|preview|exp|beta|v\d+(:\d+)?))+$")


class FactorKey(NamedTuple):
    """What a factor holds for."""

    provider: str
    family: str
    script: Script


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedFactor:
    """A factor as it is kept.

    Attributes:
        log_factor: Natural logarithm of the factor.
        weight: How many reports it rests on, the latest of them: older ones are forgotten.
    """

    log_factor: float
    weight: int

    def merged(self, other: "LearnedFactor") -> "LearnedFactor":
        """Both together, each by its weight, of which what is too old is left out."""
        weight = self.weight + other.weight
        mean = (self.log_factor * self.weight + other.log_factor * other.weight) / weight if weight else 0.0
        return LearnedFactor(log_factor=mean, weight=min(weight, _MOST_REMEMBERED))


def family_of(model: str) -> str:
    """Name of a model without its vendor, date and tag: the same family is taken to count alike."""
    name = model.lower().rpartition("/")[2].partition(":")[0]
    return _VERSION.sub("", name)[:100]


def bound_of(script: Script) -> float:
    """The largest logarithm of a factor, either way."""
    return _NEAR if script in {"ascii", "code"} else _FAR


@dataclass(slots=True)
class _Voice:
    log_factor: float
    reports: int = 0

    def hear(self, error: float, bound: float) -> None:
        gain = max(_LAST_GAIN, 1 / (1 / _FIRST_GAIN + self.reports / 4))
        step = gain * min(max(error, -_FARTHEST_STEP), _FARTHEST_STEP)
        self.log_factor = min(max(self.log_factor + step, -bound), bound)
        self.reports += 1


@dataclass(slots=True)
class Factor:
    """The voices, and what was remembered from before the start or heard from other replicas.

    Attributes:
        fresh: Reports that were not given to the memory yet.
    """

    bound: float
    fresh: int = 0
    _remembered: LearnedFactor = LearnedFactor(log_factor=0.0, weight=0)
    _voices: dict[UUID, _Voice] = field(default_factory=dict[UUID, _Voice])

    @property
    def log_factor(self) -> float:
        voices = ((voice.log_factor, min(voice.reports, _FULL_VOICE)) for voice in self._voices.values())
        weight = min(self._remembered.weight, _FULL_MEMORY) - self._reports // _FADING
        return _weighted_median(((self._remembered.log_factor, weight), *voices))

    @property
    def usable(self) -> bool:
        return self._remembered.weight + self._reports >= _ENOUGH

    @property
    def _reports(self) -> int:
        return sum(voice.reports for voice in self._voices.values())

    def hear(self, who: UUID, log_ratio: float) -> None:
        """Take a report: the logarithm of what was reported over the bare estimate."""
        voice = self._voices.get(who)
        if voice is None:
            if len(self._voices) >= _MOST_VOICES:
                del self._voices[min(self._voices, key=lambda one: self._voices[one].reports)]
            voice = self._voices[who] = _Voice(self.log_factor)
        voice.hear(log_ratio - voice.log_factor, self.bound)
        self.fresh += 1

    def learned(self) -> LearnedFactor:
        """What this replica learned since it was last asked."""
        fresh, self.fresh = self.fresh, 0
        return LearnedFactor(log_factor=self.log_factor, weight=min(fresh, _MOST_REMEMBERED))

    def remember(self, kept: LearnedFactor) -> None:
        log_factor = kept.log_factor if math.isfinite(kept.log_factor) else 0.0
        clamped = min(max(log_factor, -self.bound), self.bound)
        self._remembered = LearnedFactor(log_factor=clamped, weight=max(0, kept.weight))


def _weighted_median(weighted: Iterable[tuple[float, int]]) -> float:
    """The value that has half of the weight on either side; between two that share it, their mean."""
    sorted_ = sorted((value, weight) for value, weight in weighted if weight > 0)
    half, passed = sum(weight for _, weight in sorted_) / 2, 0.0
    for index, (value, weight) in enumerate(sorted_):
        passed += weight
        if passed == half:
            return (value + sorted_[index + 1][0]) / 2
        if passed > half:
            return value
    return 0.0

"""The dial between cost and quality, calibrated so that it means the same whatever is asked.

At dial d, of all that the best candidate would add to the cheapest one's answers, at least the share d is kept: 0 is
always the cheapest, 1 always the best. What a fixed threshold on a score means shifts with the traffic
(https://github.com/lm-sys/RouteLLM/issues/36); here it is set anew from the gains that were lately expected.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

_MOST_KEPT: Final = 512
_MOST_WINDOWS: Final = 2_000
# A threshold is set anew after so many questions: sorting a window takes a tenth of a millisecond.
_RENEWED_EVERY: Final = 16

Window: TypeAlias = tuple[UUID, str, str]
"""An organisation, its best and its cheapest candidate."""


def tolerance(gains: Iterable[float], dial: float) -> float:
    """How far below the best a model may be expected to fall.

    The largest of the gains such that those above it hold the share `dial` of all of them; gains are not negative.
    """
    if dial <= 0.0:
        return 1.0
    falling = sorted(gains, reverse=True)
    wanted, held = dial * sum(falling), 0.0
    enough: float | None = None
    for gain in falling if dial < 1.0 else ():
        if enough is not None and gain < enough:
            return gain
        held += gain
        if enough is None and held >= wanted:
            enough = gain
    return 0.0


@dataclass(slots=True)
class _Lately:
    gains: deque[float]
    heard: int = 0
    set_for: dict[float, float] = field(default_factory=dict[float, float])


@dataclass(slots=True)
class Dials:
    """What was lately expected, by organisation and pair of candidates; a bounded number of windows.

    Attributes:
        shape: Gains as shares of their average, to begin with.
    """

    shape: Sequence[float]
    _windows: OrderedDict[Window, _Lately] = field(default_factory=OrderedDict[Window, _Lately])

    def heard(self, window: Window, gain: float, *, usual: float) -> None:
        """Take in the gain that is expected of one question; `usual` is what the two differ by on average."""
        lately = self._of(window, usual)
        lately.gains.append(max(gain, 0.0))
        lately.heard += 1
        if lately.heard % _RENEWED_EVERY == 0:
            lately.set_for.clear()

    def tolerance(self, window: Window, dial: float, *, usual: float) -> float:
        """How far below the best may be chosen now."""
        lately = self._of(window, usual)
        if dial not in lately.set_for:
            if len(lately.set_for) >= _RENEWED_EVERY:
                lately.set_for.clear()
            lately.set_for[dial] = tolerance(lately.gains, dial)
        return lately.set_for[dial]

    def _of(self, window: Window, usual: float) -> _Lately:
        lately = self._windows.get(window)
        if lately is None:
            begun = (max(one * usual, 0.0) for one in self.shape)
            lately = self._windows[window] = _Lately(deque(begun, maxlen=_MOST_KEPT))
            if len(self._windows) > _MOST_WINDOWS:
                self._windows.popitem(last=False)
        self._windows.move_to_end(window)
        return lately

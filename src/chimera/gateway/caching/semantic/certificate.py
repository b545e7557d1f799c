"""From which score on answers may be given: where few enough are wrong, for certain. Pure.

Scores are log odds, in bands. Of each band is known how many questions came, how many of them were asked anew all the
same (all below the threshold, a sample above it), and how many of those proved the known answer wrong. A threshold is
certified by an e-value: the likelihood of what was seen under smaller rates against that under `max_wrong`. By Ville's
inequality a true rate of `max_wrong` or more lets it ever reach 20 with 5 % chance at most, however often we look
(Howard et al., "Time-uniform Chernoff bounds", 2020). Bands sampled at different rates are weighted by what they stand
for; the weighted counts are scaled to a Poisson's as in Fay and Feuer (1997), which is an approximation: the benchmark
counts how often the promise is broken.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

CERTAINTY = 0.95
_EDGES = tuple(1 + step / 4 for step in range(29))
_BANDS = len(_EDGES) + 1
# What the model itself expects of a band: it is calibrated, being a logistic regression.
_EXPECTED = tuple(1 / (1 + math.exp(edge)) for edge in (_EDGES[0] - 0.5, *(edge + 0.125 for edge in _EDGES)))
_EXPECTATION_WEIGHT = 20.0
_THINNEST = 30.0
_FEWEST = 100.0
_MOST_OF_IT, _LITTLE = math.log(4 / 3), math.log(16)
_SMALLER_RATES = (0.1, 0.4, 0.6)
_LOOK_EVERY = 25
_REACHED = -math.log(1 - CERTAINTY)
# A threshold that was certified stays so until the evidence for it has gone; else it would flicker.
_GONE = math.log(2)
_FADE_EVERY, _FADE = 100, 0.97
_MOST_RECORDS = 20_000
# Twice as many wrong as promised against four times as many: CUSUM over labels of what would have been given.
_ALARM = 6.0


def _nothing() -> list[float]:
    return [0.0] * _BANDS


class Certificate(Struct):
    """Counts by band of score, of the latest questions.

    Attributes:
        came: Questions, the latest ones weighing most.
        labelled: Those of which is known whether the known answer was right.
        wrong: Those where it was not.
        records: Band and verdict of every labelled question, the oldest first.
        fallen: Evidence that things have changed for the worse.
    """

    came: list[float] = field(default_factory=_nothing)
    labelled: list[float] = field(default_factory=_nothing)
    wrong: list[float] = field(default_factory=_nothing)
    records: dict[bytes, tuple[int, bool]] = field(default_factory=dict[bytes, tuple[int, bool]])
    lookups: int = 0
    labels: int = 0
    fallen: float = 0.0
    lowest: int = _BANDS
    max_wrong: float = 0.0

    def see(self, logit: float) -> None:
        self.came[_band(logit)] += 1
        self.lookups += 1
        if self.lookups % _FADE_EVERY == 0:
            self.came[:] = [count * _FADE for count in self.came]

    def grants(self, logit: float, max_wrong: float) -> bool:
        """Whether an answer of this score may be given."""
        if max_wrong != self.max_wrong:
            self.max_wrong, self.lowest = max_wrong, _BANDS
            self._look()
        return _band(logit) >= self.lowest

    def label(self, key: bytes, logit: float, wrong: bool) -> None:  # noqa: FBT001 - a label, not a switch
        """Take in whether the known answer to a question was wrong."""
        if _band(logit) >= self.lowest and self._has_fallen(wrong):
            self._begin_anew()
            return
        self.relabel(key, logit, wrong)
        self.labels += 1
        if len(self.records) > _MOST_RECORDS:
            self.unlabel(next(iter(self.records)))
        if self.labels % _LOOK_EVERY == 0 and self.max_wrong:
            self._look()

    def relabel(self, key: bytes, logit: float, wrong: bool) -> None:  # noqa: FBT001 - a label, not a switch
        """Take in what would be found for the question now, instead of what was found then."""
        self.unlabel(key)
        band = _band(logit)
        self.records[key] = band, wrong
        self.labelled[band] += 1
        self.wrong[band] += wrong

    def unlabel(self, key: bytes) -> None:
        """Leave a question out of account."""
        record = self.records.pop(key, None)
        if record is not None:
            band, wrong = record
            self.labelled[band] -= 1
            self.wrong[band] -= wrong

    def _has_fallen(self, wrong: bool) -> bool:  # noqa: FBT001 - a label, not a switch
        usual, bad = min(0.4, 2 * self.max_wrong), min(0.8, 4 * self.max_wrong)
        evidence = math.log(bad / usual) if wrong else math.log((1 - bad) / (1 - usual))
        self.fallen = max(0.0, self.fallen + evidence)
        return self.fallen > _ALARM

    def _begin_anew(self) -> None:
        self.came, self.labelled, self.wrong = _nothing(), _nothing(), _nothing()
        self.records.clear()
        self.labels, self.fallen, self.lowest = 0, 0.0, _BANDS

    def _look(self) -> None:
        """Begin where the model expects half of what is allowed; go up if that fails, then down as far as it holds.

        The first places share the 5 % between them; below the one that held, each is tested only if that above it did.
        """
        first = self._promising()
        for start, price in (
            (first, _MOST_OF_IT),
            *((band, _LITTLE) for band in range(first + 1, min(first + 5, _BANDS))),
        ):
            if self._holds(start, price):
                lowest = start
                while lowest > 1 and self._holds(lowest - 1, price):
                    lowest -= 1
                self.lowest = lowest
                return
        self.lowest = _BANDS

    def _promising(self) -> int:
        """The lowest band from which on half of `max_wrong` is expected to be wrong."""
        came = expected = 0.0
        found = _BANDS - 1
        for band in range(_BANDS - 1, 0, -1):
            came += self.came[band]
            expected += self.came[band] * _EXPECTED[band]
            if came and expected <= came * self.max_wrong / 2:
                found = band
        return found

    def _holds(self, band: int, price: float) -> bool:
        needed = _REACHED + price if band < self.lowest else _GONE
        return sum(self.labelled[band:]) >= _FEWEST and self._evidence(band) >= needed

    def _evidence(self, lowest: int) -> float:
        """Logarithm of the e-value against "of all from this band on, `max_wrong` or more are wrong"."""
        strata = list(self._strata(lowest))
        if not strata:
            return -math.inf
        total = sum(came for came, *_ in strata)
        weighed = [(came / total / labelled, labelled, wrong, expected) for came, labelled, wrong, expected in strata]
        rate = sum(weight * wrong for weight, _, wrong, _ in weighed)
        likely = [
            (weight, labelled * (wrong + _EXPECTATION_WEIGHT * expected) / (labelled + _EXPECTATION_WEIGHT))
            for weight, labelled, wrong, expected in weighed
        ]
        one = sum(weight * weight * count for weight, count in likely) / sum(weight * count for weight, count in likely)
        return _log_likelihood_ratio(rate / one, 1 / one, self.max_wrong)

    def _strata(self, lowest: int) -> Iterator[tuple[float, float, float, float]]:
        """Bands from the top, joined until each has labels enough."""
        came = labelled = wrong = expected = 0.0
        done: tuple[float, float, float, float] | None = None
        for band in range(_BANDS - 1, lowest - 1, -1):
            came += self.came[band]
            labelled += self.labelled[band]
            wrong += self.wrong[band]
            expected += self.came[band] * _EXPECTED[band]
            if labelled >= _THINNEST and came:
                if done:
                    yield done
                done, came, labelled, wrong, expected = (came, labelled, wrong, expected / came), 0.0, 0.0, 0.0, 0.0
        if done:
            yield done[0] + came, done[1] + labelled, done[2] + wrong, done[3]


def _band(logit: float) -> int:
    return bisect_right(_EDGES, logit)


def _log_likelihood_ratio(wrong: float, labelled: float, most: float) -> float:
    """Of a mixture of smaller rates against `most`."""
    logs: Sequence[float] = [
        wrong * math.log(share) + max(0.0, labelled - wrong) * math.log((1 - share * most) / (1 - most))
        for share in _SMALLER_RATES
    ]
    highest = max(logs)
    return highest + math.log(sum(math.exp(one - highest) for one in logs) / len(logs))

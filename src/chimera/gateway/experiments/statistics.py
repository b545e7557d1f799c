"""Whether a challenger differs: tests that may be looked at after every call without fooling oneself. Pure.

Each gives an e-value: a bet that gains nothing on average while the arms are alike. That it ever exceeds 1/alpha has
a chance of at most alpha (Ville's inequality), however often it is looked at.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chimera.gateway.experiments.tally import Tally

Finding: TypeAlias = Literal["no_difference_yet", "worse", "better"]

ALPHA = 0.05
_FEWEST = 30
# A difference in latency that nobody would act on is not reported, however sure it is.
_NOTABLE = math.log(1.1)
_TAU = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the challenger compares with the control, by errors and by time to the first token."""

    errors: Finding
    latency: Finding


def verdict(control: Tally, challenger: Tally) -> Verdict:
    """Each of the two tests gets half of `ALPHA`."""
    return Verdict(errors=_errors(control, challenger), latency=_latency(control, challenger))


def _errors(control: Tally, challenger: Tally) -> Finding:
    if min(control.calls, challenger.calls) < _FEWEST or not control.errors + challenger.errors:
        return "no_difference_yet"
    if log_e_errors(control, challenger) < math.log(2 / ALPHA):
        return "no_difference_yet"
    worse = challenger.errors * control.calls > control.errors * challenger.calls
    return "worse" if worse else "better"


def log_e_errors(control: Tally, challenger: Tally) -> float:
    """Logarithm of the e-value that errors do not fall on the arms as calls do.

    While both fail equally often, each error is the challenger's with the chance of its share of the calls. The bet is
    spread evenly over all other chances: a beta-binomial mixture (Robbins, 1970).
    """
    theirs, ours = challenger.errors, control.errors
    share = challenger.calls / (challenger.calls + control.calls)
    mixed = math.lgamma(theirs + 1) + math.lgamma(ours + 1) - math.lgamma(theirs + ours + 2)
    return mixed - theirs * math.log(share) - ours * math.log1p(-share)


def _latency(control: Tally, challenger: Tally) -> Finding:
    if min(control.timed, challenger.timed) < _FEWEST:
        return "no_difference_yet"
    difference = challenger.log_first / challenger.timed - control.log_first / control.timed
    if abs(difference) < _NOTABLE or log_e_latency(control, challenger) < math.log(2 / ALPHA):
        return "no_difference_yet"
    return "worse" if difference > 0 else "better"


def log_e_latency(control: Tally, challenger: Tally) -> float:
    """The same for the means of logarithmic times: a normal mixture over the difference.

    Johari, Pekelis and Walsh, Always valid inference, 2015, equation 9, with the variance of each arm estimated.
    """
    variance = _variance_of_mean(control) + _variance_of_mean(challenger)
    difference = challenger.log_first / challenger.timed - control.log_first / control.timed
    wide = variance + _TAU**2
    return 0.5 * math.log(variance / wide) + difference**2 * _TAU**2 / (2 * variance * wide)


def _variance_of_mean(arm: Tally) -> float:
    mean = arm.log_first / arm.timed
    spread = max(arm.log_first_squares / arm.timed - mean**2, 1e-6)
    return spread / (arm.timed - 1)

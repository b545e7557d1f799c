"""Looked at after every call, the tests seldom see what is not there, and soon see what is."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.experiments.similarity import similarity
from chimera.gateway.experiments.statistics import verdict
from chimera.gateway.experiments.tally import Outcome, Tally

RUNS = 120


def trial(
    random: Random, *, errors: tuple[float, float], first_s: tuple[float, float], calls: int, share: float
) -> int:
    """Calls until the challenger is found to differ, looked at every ten; `calls` + 1 where it never is."""
    arms = [Tally(), Tally()]
    for number in range(1, calls + 1):
        arm = int(random.random() < share)
        failed = random.random() < errors[arm]
        outcome = Outcome(failed=failed, first_s=None if failed else random.lognormvariate(0, 0.5) * first_s[arm])
        arms[arm] = arms[arm].plus(outcome.tally())
        if number % 10 == 0:
            found = verdict(*arms)
            if {found.errors, found.latency} != {"no_difference_yet"}:
                return number
    return calls + 1


def test_two_alike_are_seldom_told_apart_however_often_one_looks() -> None:
    random = Random(1)
    alarms = sum(
        trial(random, errors=(0.02, 0.02), first_s=(1.0, 1.0), calls=1000, share=share) <= 1000
        for share in (0.1, 0.5)
        for _ in range(RUNS // 2)
    )
    assert alarms <= 0.1 * RUNS  # 5 % are promised; seeded, so that it cannot flicker


def test_a_challenger_that_fails_or_dawdles_is_found_within_hundreds_of_calls() -> None:
    random = Random(2)
    failing = sorted(
        trial(random, errors=(0.01, 0.2), first_s=(1.0, 1.0), calls=3000, share=0.1) for _ in range(RUNS // 4)
    )
    assert failing[-1] <= 3000
    assert failing[len(failing) // 2] <= 600
    slow = sorted(trial(random, errors=(0.0, 0.0), first_s=(1.0, 1.5), calls=3000, share=0.1) for _ in range(RUNS // 4))
    assert slow[len(slow) // 2] <= 900


def arms(errors: tuple[int, int], calls: int = 500) -> tuple[Tally, Tally]:
    one, other = (Tally(calls=calls, errors=count) for count in errors)
    return one, other


def test_the_side_is_told() -> None:
    assert verdict(*arms((0, 40))).errors == "worse"
    assert verdict(*arms((40, 0))).errors == "better"
    assert verdict(*arms((40, 40))).errors == "no_difference_yet"
    assert verdict(*arms((0, 9), calls=9)).errors == "no_difference_yet", "too few to say"


counts = st.integers(0, 10_000)
times = st.lists(st.floats(0.001, 600), max_size=60)


@given(times, times)
def test_any_sums_are_judged_and_add_up_in_any_order(one: list[float], other: list[float]) -> None:
    tallies = [Tally(), Tally()]
    for arm, seconds in enumerate((one, other)):
        for second in seconds:
            tallies[arm] = tallies[arm].plus(Outcome(failed=second > 500, first_s=second).tally())
    found, mirrored = verdict(*tallies), verdict(*reversed(tallies))
    opposite = {"worse": "better", "better": "worse", "no_difference_yet": "no_difference_yet"}
    assert (found.errors, found.latency) == (opposite[mirrored.errors], opposite[mirrored.latency])
    assert tallies[0].plus(tallies[1]).calls == tallies[1].plus(tallies[0]).calls == len(one) + len(other)


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_between_nothing_and_one(one: str, other: str) -> None:
    assert similarity(one, one) > 0.999 or not one.strip()
    assert abs(similarity(one, other) - similarity(other, one)) < 1e-9
    assert 0.0 <= similarity(one, other) <= 1.0

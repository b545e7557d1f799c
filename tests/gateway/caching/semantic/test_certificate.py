"""A threshold is certified where few are wrong, and all but never where too many are."""

import random

from chimera.gateway.caching.semantic.certificate import Certificate
from chimera.gateway.caching.semantic.judgement import FEATURES, Judgement


def certified(seed: int, wrong: float, *, labels: int) -> bool:
    """Whether it ever grants anything while all scores have the same rate."""
    chance, certificate = random.Random(seed), Certificate()
    for number in range(labels):
        logit = chance.uniform(3, 7)
        certificate.see(logit)
        if certificate.grants(logit, 0.05):
            return True
        certificate.label(number.to_bytes(4), logit, chance.random() < wrong)
    return False


def test_a_rate_at_the_limit_is_certified_in_one_run_of_twenty_at_most() -> None:
    # Looked at eighty times a run, and in twenty-four bands.
    assert sum(certified(seed, 0.05, labels=2000) for seed in range(40)) <= 3


def test_a_small_rate_is_certified_soon() -> None:
    assert all(certified(seed, 0.01, labels=1500) for seed in range(10))


def test_weights_are_learned_from_what_was_right() -> None:
    chance, judgement = random.Random(5), Judgement()
    for _ in range(300):
        margin = chance.random()
        judgement.learn((1.0, 0.8, margin, *(0.5,) * (len(FEATURES) - 3)), margin > 0.5)
    near, far = ((1.0, 0.8, margin, *(0.5,) * (len(FEATURES) - 3)) for margin in (0.9, 0.1))
    assert judgement.logit(near) > 2
    assert judgement.logit(far) < -2

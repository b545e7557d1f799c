"""The factors of this process: asked by whoever estimates, taught by whoever hears what a provider reported."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from msgspec import Struct

from chimera.gateway.calibration.factors import Factor, FactorKey, LearnedFactor, bound_of, family_of
from chimera.gateway.tokens import Factors, Script
from chimera.gateway.tokens.content import content_of
from chimera.gateway.tokens.count import by_script, frame_of
from chimera.llm import Request, Usage

_MOST_FACTORS = 4096
# Below, the frame around the messages, which differs between vendors, would be taken for text.
_LEAST_TOKENS = 100
_LARGEST_FRAME = 0.1
# So much of a text must be in one script to tell something of it.
_MAIN_SCRIPT = 0.8
# Reports beyond are about something else than the text, such as a conversation that the provider remembers.
_BELIEVABLE = math.log(10.0)


class Sample(Struct, frozen=True, kw_only=True):
    """What one answer told: the provider's count of the texts, and our estimate of each script's part of them."""

    provider: str
    family: str
    reported: float
    estimated: dict[Script, float]


def sample_of(request: Request, usage: Usage, *, provider: str, model: str) -> Sample | None:
    """Look at a request whose input the provider counted; `None` if that says little of its texts.

    Pictures, files and tools are charged by rules of their own, and a short text says less than the marks around it.
    """
    content = content_of(request)
    frame = frame_of(content)
    if not content.plain or usage.input_tokens < _LEAST_TOKENS or frame > _LARGEST_FRAME * usage.input_tokens:
        return None
    return Sample(
        provider=provider,
        family=family_of(model),
        reported=usage.input_tokens - frame,
        estimated=by_script(content.texts, model),
    )


@dataclass(slots=True)
class Calibration:
    """Factors by provider, model family and script; a bounded number of them."""

    _factors: dict[FactorKey, Factor] = field(default_factory=dict[FactorKey, Factor])
    _ready: dict[tuple[str, str], Factors] = field(default_factory=dict[tuple[str, str], Factors])

    def factors(self, provider: str, model: str) -> Factors:
        """What is known of how a model counts, by script; empty where nothing is."""
        return self._ready.get((provider, family_of(model)), {})

    def learn(self, who: UUID, sample: Sample) -> bool:
        """Take in a sample from the organisation `who`; tell whether it was of use."""
        known = self._ready.get((sample.provider, sample.family), {})
        expected = {script: tokens * known.get(script, 1.0) for script, tokens in sample.estimated.items()}
        if not expected:
            return False
        main = max(expected, key=lambda script: expected[script])
        rest = sum(expected.values()) - expected[main]
        if rest > (1 - _MAIN_SCRIPT) * sum(expected.values()) or sample.reported <= rest:
            return False
        log_ratio = math.log((sample.reported - rest) / sample.estimated[main])
        if abs(log_ratio) > _BELIEVABLE:
            return False
        key = FactorKey(sample.provider, sample.family, main)
        factor = self._factor(key)
        if factor is None:
            return False
        factor.hear(who, log_ratio)
        self._publish(key, factor)
        return True

    def learned(self) -> Mapping[FactorKey, LearnedFactor]:
        """What was learned since this was last asked."""
        return {key: factor.learned() for key, factor in self._factors.items() if factor.fresh}

    def remember(self, kept: Mapping[FactorKey, LearnedFactor]) -> None:
        """Take in what was kept: by an earlier run, or by other replicas."""
        for key, learned in kept.items():
            factor = self._factor(key)
            if factor is not None:
                factor.remember(learned)
                self._publish(key, factor)

    def __iter__(self) -> Iterator[FactorKey]:
        return iter(self._factors)

    def _factor(self, key: FactorKey) -> Factor | None:
        factor = self._factors.get(key)
        if factor is None and len(self._factors) < _MOST_FACTORS:
            factor = self._factors[key] = Factor(bound_of(key.script))
        return factor

    def _publish(self, key: FactorKey, factor: Factor) -> None:
        if factor.usable:
            model = (key.provider, key.family)
            self._ready[model] = {**self._ready.get(model, {}), key.script: math.exp(factor.log_factor)}

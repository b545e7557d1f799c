"""How able a model is before anybody here has asked it: the share of good answers that is expected, 0 to 1.

A table of families, set by hand in November 2026 after the places that vendors give their own models (flagship,
standard, small, tiny) and public leaderboards; nothing in it was measured here. Where it is silent the size in the name
speaks, then the price. The operator's `quality` wins, and feedback corrects all of them.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from chimera.gateway.routing.tasks import Task

_FLAGSHIP, _STRONG, _STANDARD, _SMALL, _LITTLE, _TINY = 0.92, 0.87, 0.82, 0.74, 0.62, 0.35

# The first that matches counts; special ones stand before general ones.
_FAMILIES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), ability)
    for pattern, ability in (
        (r"smollm|tinyllama|-0\.\d+b", _TINY),
        (r"gpt-?5.*nano|gpt-4\.1-nano|gemini.*flash-?lite|ministral|haiku-3|3-haiku", _LITTLE),
        (r"gpt-?[5-9].*mini|o[3-9]-mini|o4-mini|gemini-[23].*flash|haiku-?4|claude.*haiku", _STANDARD - 0.02),
        (r"gpt-4o-mini|gpt-4\.1-mini|gemini-1\.5-flash|mistral-small|codestral|nemo", _SMALL),
        (r"gpt-?[5-9]|claude.*opus|opus-?4|gemini-[3-9].*pro|gemini-2\.5-pro|\bo3\b|grok-[4-9]|o1-pro", _FLAGSHIP),
        (
            r"claude.*sonnet|sonnet-?4|deepseek.*(?:r1|reasoner|v3\.|v4)|grok-3|qwen3-max|kimi-k2|glm-[5-9]",
            _STRONG + 0.02,
        ),
        (
            r"gpt-4\.1|gpt-4o|gpt-4-turbo|gpt-4-1106|gpt-4|gemini-1\.5-pro|deepseek|llama.*405b|mistral-large",
            _STRONG - 0.02,
        ),
        (r"gpt-3\.5|mixtral-8x7b|command-r(?!-plus)|jamba-mini", _LITTLE + 0.02),
        (r"mixtral-8x22b|mistral-medium|command|qwen.*max|gpt-oss-120b", _STANDARD - 0.04),
        (r"gpt-oss-20b", _SMALL - 0.02),
    )
)
_SIZE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)b(?![a-z])", re.IGNORECASE)
_CODER = re.compile(r"cod(?:e|er|ex|estral)", re.IGNORECASE)
_UNKNOWN: Final = 0.6
# Of what a model of a given ability gets wrong, the share that it gets wrong in such work: people notice fewer
# differences in a chat than in mathematics.
_HARDNESS: Final[Mapping[Task, float]] = {
    "maths": 1.2,
    "code": 1.15,
    "long": 1.0,
    "writing": 0.8,
    "extraction": 0.65,
    "translation": 0.6,
    "chat": 0.6,
}
_CODERS_GAIN: Final = 0.04


@lru_cache(maxsize=4096)  # asked of every candidate in every decision, and always the same
def ability_of(model: str, *, output_nusd_per_mtok: int | None = None) -> float:
    """How able a model is in general, by its name or else by what a million tokens of its answers cost."""
    for pattern, ability in _FAMILIES:
        if pattern.search(model):
            return ability
    sizes = [float(size) for size in _SIZE.findall(model)]
    if sizes:
        # 0.5B 0.37, 8B 0.63, 70B 0.77, 405B 0.88: about what open families report of their sizes.
        return min(max(0.44 + 0.17 * math.log10(max(sizes)) + 0.03, _TINY), _STRONG)
    if output_nusd_per_mtok:
        # $0.10 0.55, $1 0.67, $10 0.79, $60 0.88: dearer models are better ones, mostly.
        return min(max(0.67 + 0.12 * math.log10(output_nusd_per_mtok / 1e9), 0.4), _FLAGSHIP)
    return _UNKNOWN


def quality_of(ability: float, task: Task, model: str) -> float:
    """What to expect of a model of some ability in a kind of work."""
    wrong = (1.0 - ability) * _HARDNESS[task]
    gained = _CODERS_GAIN if task == "code" and _CODER.search(model) else 0.0
    return min(max(1.0 - wrong + gained, 0.05), 0.98)

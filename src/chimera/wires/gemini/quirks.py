"""What the generations of Gemini take, as data."""

from dataclasses import dataclass

from chimera.wires.model_names import by_prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What one generation of models takes.

    Attributes:
        levels: Words of `thinkingLevel`; empty where thinking is measured by `thinkingBudget`.
        least_budget: The smallest `thinkingBudget`; 0 switches thinking off.
        thinks: Takes a `thinkingConfig` at all.
        signed_calls: Answers 400 to a function call of the running turn that bears no thought signature.
        rich_results: Takes images inside a `functionResponse`.
        format_with_tools: Takes a response schema and tools in one request.
        proof: Where this is written.
    """

    levels: tuple[str, ...] = ("minimal", "low", "medium", "high")
    least_budget: int = 0
    thinks: bool = True
    signed_calls: bool = True
    rich_results: bool = True
    format_with_tools: bool = True
    proof: str = "https://ai.google.dev/gemini-api/docs/gemini-3"


_THINKING = "https://ai.google.dev/gemini-api/docs/thinking"
_GEMINI_2 = Quirks(levels=(), signed_calls=False, rich_results=False, format_with_tools=False, proof=_THINKING)
_GEMINI_2_PRO = Quirks(
    levels=(), least_budget=128, signed_calls=False, rich_results=False, format_with_tools=False, proof=_THINKING
)
_UNTHINKING = Quirks(
    levels=(), thinks=False, signed_calls=False, rich_results=False, format_with_tools=False, proof=_THINKING
)
_TWO_LEVELS = Quirks(levels=("low", "high"), proof="https://ai.google.dev/gemini-api/docs/gemini-3#thinking_level")
_THREE_LEVELS = Quirks(
    levels=("low", "medium", "high"),
    proof="https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking",
)

# The first prefix that fits wins.
_BY_PREFIX: tuple[tuple[str, Quirks], ...] = (
    ("gemini-1", _UNTHINKING),
    ("gemini-2.0", _UNTHINKING),
    ("gemini-2.5-pro", _GEMINI_2_PRO),
    ("gemini-2", _GEMINI_2),
    ("gemma", _UNTHINKING),
    ("gemini-3-pro", _TWO_LEVELS),
    ("gemini-3.1-pro", _THREE_LEVELS),
    ("gemini-3.7-flash", _THREE_LEVELS),
)


def quirks_of(model: str) -> Quirks:
    """Return the quirks of a model; an unknown one is taken for a recent one."""
    return by_prefix(model, _BY_PREFIX, otherwise=Quirks())

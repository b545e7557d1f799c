"""What the generations of Claude take and refuse, as data. A name that is not Claude's belongs to an imitator."""

from dataclasses import dataclass
from typing import Literal

from chimera.wires.model_names import by_prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What one generation of models takes.

    Attributes:
        sampling: Takes temperature, top_p and top_k; later generations answer 400 to them.
        thinking: How thinking is asked for: `adaptive` (with an effort) or with a token `budget`.
        unthinking: How not to think is said: by `disabled`, by leaving thinking `omitted`, or `never`.
        efforts: Words that `output_config.effort` takes.
        native_schema: Takes `output_config.format`.
        output_tokens: `max_tokens` where the request has none; the wire demands one.
        proof: Where this is written.
    """

    sampling: bool = False
    thinking: Literal["adaptive", "budget"] = "adaptive"
    unthinking: Literal["disabled", "omitted", "never"] = "disabled"
    efforts: tuple[str, ...] = ("low", "medium", "high", "xhigh", "max")
    native_schema: bool = True
    output_tokens: int = 32_000
    proof: str = "https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking"


_MODELS = "https://platform.claude.com/docs/en/about-claude/models/overview"
_SCHEMAS = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs"
_ALWAYS_THINKING = Quirks(
    unthinking="never",
    proof="https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html",
)
_OPUS_5_5 = Quirks(
    unthinking="never", proof="https://platform.claude.com/docs/en/models/haiku-5-5/overview#how-it-compares"
)
_CLAUDE_4_8 = Quirks(
    unthinking="omitted", proof="https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-8"
)
_CLAUDE_4_6 = Quirks(sampling=True, unthinking="omitted", efforts=("low", "medium", "high", "max"))
_CLAUDE_4_5 = Quirks(sampling=True, thinking="budget", unthinking="omitted", efforts=(), proof=_SCHEMAS)
_OPUS_4_5 = Quirks(
    sampling=True,
    thinking="budget",
    unthinking="omitted",
    efforts=("low", "medium", "high"),
    proof="https://platform.claude.com/docs/en/build-with-claude/effort",
)
_CLAUDE_4 = Quirks(
    sampling=True, thinking="budget", unthinking="omitted", efforts=(), native_schema=False, proof=_SCHEMAS
)
_CLAUDE_3 = Quirks(
    sampling=True,
    thinking="budget",
    unthinking="omitted",
    efforts=(),
    native_schema=False,
    output_tokens=4096,
    proof=_MODELS,
)
_IMITATOR = Quirks(
    sampling=True,
    thinking="budget",
    unthinking="omitted",
    efforts=(),
    output_tokens=4096,
    proof="https://platform.claude.com/docs/en/api/messages",
)

# The first prefix that fits wins.
_BY_PREFIX: tuple[tuple[str, Quirks], ...] = (
    ("claude-3", _CLAUDE_3),
    ("claude-opus-4-5", _OPUS_4_5),
    ("claude-opus-4-6", _CLAUDE_4_6),
    ("claude-opus-4-7", _CLAUDE_4_8),
    ("claude-opus-4-8", _CLAUDE_4_8),
    ("claude-opus-4", _CLAUDE_4),
    ("claude-opus-5-5", _OPUS_5_5),
    ("claude-sonnet-4-5", _CLAUDE_4_5),
    ("claude-sonnet-4-6", _CLAUDE_4_6),
    ("claude-sonnet-4", _CLAUDE_4),
    ("claude-haiku-4-5", _CLAUDE_4_5),
    ("claude-fable", _ALWAYS_THINKING),
    ("claude-mythos", _ALWAYS_THINKING),
    ("claude-", Quirks()),
)


def is_claude(model: str) -> bool:
    """Whether a name is Claude's; of others nothing is known."""
    return quirks_of(model) is not _IMITATOR


def quirks_of(model: str) -> Quirks:
    """Return the quirks of a model; an unknown Claude is taken for a recent one."""
    return by_prefix(model, _BY_PREFIX, otherwise=_IMITATOR)

"""From how many tokens on a provider caches a prompt, and whether it must be told to."""

import re
from typing import NamedTuple


class CacheRule(NamedTuple):
    """What a provider says of its prompt cache.

    Attributes:
        least_tokens: Shorter prefixes are not cached.
        marked: Whether the caller must mark what to cache.
        source: Where it says so.
    """

    least_tokens: int
    marked: bool
    source: str


_ANTHROPIC = "https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching"
_OPENAI = "https://platform.openai.com/docs/guides/prompt-caching"
_GEMINI = "https://ai.google.dev/gemini-api/docs/caching"
_DEEPSEEK = "https://api-docs.deepseek.com/guides/kv_cache"

# The first that is found in the model's name counts.
_RULES = (
    (re.compile(r"claude.*(opus-4-[5-9]|haiku-4-[5-9])"), CacheRule(4096, marked=True, source=_ANTHROPIC)),
    (re.compile(r"claude.*haiku"), CacheRule(2048, marked=True, source=_ANTHROPIC)),
    (re.compile(r"claude"), CacheRule(1024, marked=True, source=_ANTHROPIC)),
    (re.compile(r"gemini.*pro"), CacheRule(4096, marked=False, source=_GEMINI)),
    (re.compile(r"gemini"), CacheRule(1024, marked=False, source=_GEMINI)),
    (re.compile(r"deepseek"), CacheRule(64, marked=False, source=_DEEPSEEK)),
    (re.compile(r"(^|/)(gpt-|o\d|chatgpt)"), CacheRule(1024, marked=False, source=_OPENAI)),
)


def cache_rule(model: str) -> CacheRule | None:
    """The rule for a model by its name; `None` where no prompt cache is known."""
    return next((rule for pattern, rule in _RULES if pattern.search(model.lower())), None)

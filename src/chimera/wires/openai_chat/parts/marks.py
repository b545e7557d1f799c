"""Prompt-caching marks as `cache_control`, both ways: Anthropic's form, which OpenRouter and LiteLLM take here.

Reference: https://openrouter.ai/docs/features/prompt-caching
"""

from typing import Any, Literal

from msgspec import Struct

from chimera.llm import CacheTtl


class Mark(Struct, frozen=True, gc=False):
    """A `cache_control`."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


def decode_mark(mark: Mark | None) -> CacheTtl | None:
    return None if mark is None else mark.ttl or "5m"


def encode_mark(ttl: CacheTtl) -> dict[str, Any]:
    return {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}

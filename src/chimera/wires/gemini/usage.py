"""`usageMetadata`, both ways. Gemini counts thoughts beside the candidates, and cached tokens inside the prompt."""

from typing import Any

from msgspec import Struct

from chimera.llm import Billing, Usage, billing
from chimera.wires.usage.billing import tier_of


class _Counted(Struct, rename="camel", gc=False):
    modality: str | None = None
    token_count: int | None = None


class UsageMetadata(Struct, rename="camel", gc=False):
    """What is counted; any of it may be missing."""

    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None
    prompt_tokens_details: list[_Counted] | None = None
    tool_use_prompt_tokens_details: list[_Counted] | None = None
    cache_tokens_details: list[_Counted] | None = None
    candidates_tokens_details: list[_Counted] | None = None
    service_tier: str | None = None


def decode_usage(told: UsageMetadata, *, searches: int = 0) -> Usage:
    """Return the usage of an answer for which Google was asked so often."""
    thoughts = told.thoughts_token_count or 0
    return Usage(
        input_tokens=(told.prompt_token_count or 0) + (told.tool_use_prompt_token_count or 0),
        output_tokens=(told.candidates_token_count or 0) + thoughts,
        cached_tokens=told.cached_content_token_count or 0,
        reasoning_tokens=thoughts,
        billing=billing(
            Billing(
                tier=tier_of((told.service_tier or "").lower()),
                input_audio_tokens=_of("AUDIO", told.prompt_tokens_details, told.tool_use_prompt_tokens_details),
                cached_audio_tokens=_of("AUDIO", told.cache_tokens_details),
                output_audio_tokens=_of("AUDIO", told.candidates_tokens_details),
                output_image_tokens=_of("IMAGE", told.candidates_tokens_details),
                web_searches=searches,
            )
        ),
    )


def _of(modality: str, *counts: list[_Counted] | None) -> int:
    return sum(one.token_count or 0 for told in counts for one in told or () if one.modality == modality)


def encode_usage(usage: Usage) -> dict[str, Any]:
    told = {
        "promptTokenCount": usage.input_tokens,
        "candidatesTokenCount": max(0, usage.output_tokens - usage.reasoning_tokens),
        "totalTokenCount": usage.input_tokens + usage.output_tokens,
    }
    if usage.cached_tokens:
        told["cachedContentTokenCount"] = usage.cached_tokens
    if usage.reasoning_tokens:
        told["thoughtsTokenCount"] = usage.reasoning_tokens
    return told

"""Usage both ways. Anthropic counts what came from and went to the prompt cache beside the input, we count it within.

Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
"""

from typing import Any

from msgspec import Struct

from chimera.llm import Billing, Usage, billing
from chimera.wires.usage.billing import tier_of


class _OutputDetails(Struct, gc=False):
    thinking_tokens: int | None = None


class _CacheCreation(Struct, gc=False):
    ephemeral_1h_input_tokens: int | None = None


class _ServerToolUse(Struct, gc=False):
    web_search_requests: int | None = None


class WireUsage(Struct, gc=False):
    """`usage` of an answer; in a stream each event tells what it knows."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _CacheCreation | None = None
    output_tokens_details: _OutputDetails | None = None
    server_tool_use: _ServerToolUse | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None


def decode_usage(told: WireUsage) -> Usage:
    cached, written = told.cache_read_input_tokens or 0, told.cache_creation_input_tokens or 0
    details, creation, tools = told.output_tokens_details, told.cache_creation, told.server_tool_use
    return Usage(
        input_tokens=(told.input_tokens or 0) + cached + written,
        output_tokens=told.output_tokens or 0,
        cached_tokens=cached,
        cache_write_tokens=written,
        cache_write_1h_tokens=(creation.ephemeral_1h_input_tokens or 0) if creation else 0,
        reasoning_tokens=(details.thinking_tokens or 0) if details else 0,
        billing=billing(
            Billing(
                tier=tier_of(told.speed) or tier_of(told.service_tier),
                # https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing
                region="us" if told.inference_geo == "us" else "",
                web_searches=(tools.web_search_requests or 0) if tools else 0,
            )
        ),
    )


def encode_usage(usage: Usage) -> dict[str, Any]:
    """Return the `usage` of a whole answer, and of the event that begins a stream."""
    for_an_hour = usage.cache_write_1h_tokens
    creation = {
        "ephemeral_5m_input_tokens": max(0, usage.cache_write_tokens - for_an_hour),
        "ephemeral_1h_input_tokens": for_an_hour,
    }
    return {**encode_final_usage(usage), "cache_creation": creation, "service_tier": "standard", "inference_geo": None}


def encode_final_usage(usage: Usage) -> dict[str, Any]:
    """Return the `usage` of the event that ends a stream: its counts are totals."""
    beside = usage.cached_tokens + usage.cache_write_tokens
    return {
        "input_tokens": max(0, usage.input_tokens - beside),
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
        "server_tool_use": None,
    }

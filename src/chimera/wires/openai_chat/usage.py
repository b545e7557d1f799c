"""Usage both ways. OpenAI's convention is ours: cached tokens are part of the input, reasoning part of the output."""

from typing import Any

from msgspec import Struct

from chimera.llm import Usage


class InputDetails(Struct, frozen=True, gc=False):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class OutputDetails(Struct, frozen=True, gc=False):
    reasoning_tokens: int | None = None


class WireUsage(Struct, frozen=True, gc=False):
    """`usage` of an answer; every field may be missing somewhere."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None


def decode_usage(usage: WireUsage) -> Usage | None:
    """Return the usage, or `None` where the object counts nothing at all."""
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return None
    inputs = usage.prompt_tokens_details or InputDetails()
    outputs = usage.completion_tokens_details or OutputDetails()
    read, written = usage.prompt_tokens or 0, usage.completion_tokens or 0
    reasoning = outputs.reasoning_tokens or 0
    if reasoning and usage.total_tokens == read + written + reasoning:
        # xAI counts reasoning beside the completion, and the total gives it away:
        # https://docs.x.ai/docs/guides/reasoning
        written += reasoning
    cached = inputs.cached_tokens
    if cached is None:
        # DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
        cached = usage.prompt_cache_hit_tokens
    return Usage(
        input_tokens=read,
        output_tokens=written,
        cached_tokens=cached or 0,
        cache_write_tokens=inputs.cache_write_tokens or 0,
        reasoning_tokens=reasoning,
    )


def encode_usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }

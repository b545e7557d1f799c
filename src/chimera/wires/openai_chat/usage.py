"""Usage both ways. OpenAI's convention is ours: cached tokens are part of the input, reasoning part of the output."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import Billing, Usage, billing
from chimera.wires.reading import UNREADABLE
from chimera.wires.usage.billing import nusd_of, tier_of

# https://docs.x.ai/docs/key-information/consumption-and-rate-limits: ten billion to the dollar.
_TICKS_A_NUSD = 10
_ABSENT = frozenset({b"", b"null"})


class InputDetails(Struct, frozen=True, gc=False):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None


class OutputDetails(Struct, frozen=True, gc=False):
    reasoning_tokens: int | None = None
    audio_tokens: int | None = None


class _CostDetails(Struct, frozen=True, gc=False):
    upstream_inference_cost: Raw = Raw()


class _CostSum(Struct, frozen=True, gc=False):
    """Perplexity's."""

    total_cost: Raw = Raw()


class WireUsage(Struct, frozen=True, gc=False):
    """`usage` of an answer; every field may be missing somewhere."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None
    # OpenRouter's: https://openrouter.ai/docs/use-cases/usage-accounting; where the key is ours, it charges its fee.
    cost: Raw = Raw()
    is_byok: bool | None = None
    cost_details: Raw = Raw()
    cost_in_usd_ticks: int | None = None


_cost_details = msgspec.json.Decoder(_CostDetails).decode
_cost_sum = msgspec.json.Decoder(_CostSum).decode


def decode_usage(usage: WireUsage, *, served: object = None) -> Usage | None:
    """Return the usage, or `None` where the object counts nothing at all.

    Args:
        usage: Of an answer.
        served: The answer's `service_tier`.
    """
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
        billing=billing(
            Billing(
                tier=tier_of(served),
                input_audio_tokens=inputs.audio_tokens or 0,
                output_audio_tokens=outputs.audio_tokens or 0,
                cost_nusd=_cost_nusd(usage),
            )
        ),
    )


def _cost_nusd(usage: WireUsage) -> int | None:
    if bytes(usage.cost) in _ABSENT:
        ticks = usage.cost_in_usd_ticks
        return None if ticks is None else -(-ticks // _TICKS_A_NUSD)
    try:
        if bytes(usage.cost)[:1] == b"{":
            return nusd_of(_cost_sum(usage.cost).total_cost)
        charged = nusd_of(usage.cost)
        if usage.is_byok and bytes(usage.cost_details) not in _ABSENT and charged is not None:
            return charged + (nusd_of(_cost_details(usage.cost_details).upstream_inference_cost) or 0)
    except UNREADABLE:
        return None
    return charged


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

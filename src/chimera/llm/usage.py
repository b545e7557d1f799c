"""Tokens used by one answer."""

from msgspec import Struct
from msgspec.structs import astuple, replace


class Billing(Struct, frozen=True, kw_only=True):
    """What else a provider told that changes what an answer costs.

    Attributes:
        tier: How it was served, where that is not the usual way: `flex`, `priority`, `fast`, `batch`.
        region: Where it was served, where that has its price: `us`.
        input_audio_tokens: Part of the input that was sound.
        cached_audio_tokens: Part of it that was read from the prompt cache.
        input_image_tokens: Part of the input that was pictures, where the provider tells it apart.
        output_audio_tokens: Part of the output that is sound.
        output_image_tokens: Part of the output that is pictures.
        web_searches: How often the provider searched the web.
        cost_nusd: What the provider says that it charges for all of it, rounded up.
    """

    tier: str = ""
    region: str = ""
    input_audio_tokens: int = 0
    cached_audio_tokens: int = 0
    input_image_tokens: int = 0
    output_audio_tokens: int = 0
    output_image_tokens: int = 0
    web_searches: int = 0
    cost_nusd: int | None = None


def billing(told: Billing) -> Billing | None:
    """Return what was told, if it is anything."""
    return None if told == _USUAL else told


_USUAL = Billing()


class Usage(Struct, frozen=True, kw_only=True):
    """As the provider reported it, in one convention for all.

    Attributes:
        input_tokens: All tokens read, those from and to the prompt cache included.
        cached_tokens: Part of `input_tokens` that was read from the prompt cache.
        cache_write_tokens: Part of `input_tokens` that was written to the prompt cache.
        cache_write_1h_tokens: Part of `cache_write_tokens` that was written to be kept for an hour.
        output_tokens: All tokens written, reasoning included.
        reasoning_tokens: Part of `output_tokens` that was reasoning.
        billing: What else has its price; `None` where that is nothing.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_1h_tokens: int = 0
    billing: Billing | None = None


_COUNTS = tuple(name for name in Usage.__struct_fields__ if name != "billing")
LARGEST_COUNT = 2**31 - 1
_LARGEST_COST_NUSD = 10**13  # ten thousand USD: columns add up a million of them
_LONGEST_WORD = 20


def sane(usage: Usage) -> Usage:
    """Clamp what a provider reports to what can be: nothing negative, nothing that no column holds."""
    *counts, told = astuple(usage)
    if told is None and min(counts) >= 0 and max(counts) <= LARGEST_COUNT:
        return usage
    clamped = {name: _clamped(count) for name, count in zip(_COUNTS, counts, strict=True)}
    return replace(usage, **clamped, billing=told and _sane_billing(told))


def _sane_billing(told: Billing) -> Billing:
    cost = told.cost_nusd
    return Billing(
        tier=_word(told.tier),
        region=_word(told.region),
        input_audio_tokens=_clamped(told.input_audio_tokens),
        cached_audio_tokens=_clamped(told.cached_audio_tokens),
        input_image_tokens=_clamped(told.input_image_tokens),
        output_audio_tokens=_clamped(told.output_audio_tokens),
        output_image_tokens=_clamped(told.output_image_tokens),
        web_searches=_clamped(told.web_searches),
        cost_nusd=None if cost is None else min(max(cost, 0), _LARGEST_COST_NUSD),
    )


def _word(told: str) -> str:
    return told[:_LONGEST_WORD] if told.isascii() and told.isidentifier() else ""


def _clamped(count: int) -> int:
    return min(max(count, 0), LARGEST_COUNT)


def added(one: Usage, other: Usage) -> Usage:
    """Return the usage of two answers together; how each was billed is only known of each."""
    return Usage(**{name: getattr(one, name) + getattr(other, name) for name in _COUNTS})

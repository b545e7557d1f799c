"""Tokens used by one answer."""

from msgspec import Struct
from msgspec.structs import astuple


class Usage(Struct, frozen=True, kw_only=True):
    """As the provider reported it, in one convention for all.

    Attributes:
        input_tokens: All tokens read, those from and to the prompt cache included.
        cached_tokens: Part of `input_tokens` that was read from the prompt cache.
        cache_write_tokens: Part of `input_tokens` that was written to the prompt cache.
        cache_write_1h_tokens: Part of `cache_write_tokens` that was written to be kept for an hour.
        output_tokens: All tokens written, reasoning included.
        reasoning_tokens: Part of `output_tokens` that was reasoning.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_1h_tokens: int = 0


LARGEST_COUNT = 2**31 - 1


def sane(usage: Usage) -> Usage:
    """Clamp what a provider reports to what can be: nothing negative, nothing that no column holds."""
    counts = astuple(usage)
    if all(0 <= count <= LARGEST_COUNT for count in counts):
        return usage
    return Usage(
        **{name: min(max(count, 0), LARGEST_COUNT) for name, count in zip(usage.__struct_fields__, counts, strict=True)}
    )

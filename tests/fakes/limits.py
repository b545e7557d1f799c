"""The headers that providers put on good answers: request ids and what is left of the rate limits."""

import datetime as dt
import time

_LIMIT = 500
_TOKENS = 200_000


def headers_of(flavour: str, serial: int) -> tuple[tuple[str, str], ...]:
    """Return the headers of the `serial`-th answer; what remains goes down by one with each request."""
    left = _LIMIT - serial % _LIMIT
    match flavour:
        case "openai":
            return (
                ("x-request-id", f"req_{serial:06d}"),
                ("openai-processing-ms", "12"),
                ("openai-version", "2020-10-01"),
                ("set-cookie", "__cf_bm=fake; path=/; HttpOnly"),
                ("x-ratelimit-limit-requests", str(_LIMIT)),
                ("x-ratelimit-limit-tokens", str(_TOKENS)),
                ("x-ratelimit-remaining-requests", str(left)),
                ("x-ratelimit-remaining-tokens", str(_TOKENS - serial)),
                ("x-ratelimit-reset-requests", "120ms"),
                ("x-ratelimit-reset-tokens", "6m0s"),
            )
        case "azure":
            return (
                ("apim-request-id", f"apim-{serial:06d}"),
                ("x-ms-region", "Nowhere"),
                ("x-ratelimit-remaining-requests", str(left)),
                ("x-ratelimit-remaining-tokens", str(_TOKENS - serial)),
            )
        case "anthropic":
            return (("request-id", f"req_{serial:06d}"), *_anthropic(left, serial))
        case "openrouter":
            return (("x-generation-id", f"gen-{serial:06d}"),)
        case _:
            return ()


def _anthropic(left: int, serial: int) -> tuple[tuple[str, str], ...]:
    reset = dt.datetime.fromtimestamp(int(time.time()) + 60, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return tuple(
        (f"anthropic-ratelimit-{what}-{name}", value)
        for what, limit, remaining in (
            ("requests", _LIMIT, left),
            ("tokens", _TOKENS, _TOKENS - serial),
            ("input-tokens", _TOKENS, _TOKENS - serial),
            ("output-tokens", _TOKENS // 2, _TOKENS // 2 - serial),
        )
        for name, value in (("limit", str(limit)), ("remaining", str(remaining)), ("reset", reset))
    )

"""What is left of a caller's rate limits, in the headers that the clients of each API read."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from chimera.gateway.telling import Allowance
from chimera.kit.clock import utc_now

Worded: TypeAlias = Callable[[Sequence[Allowance]], list[tuple[str, str]]]


def as_openai(allowances: Sequence[Allowance]) -> list[tuple[str, str]]:
    """As https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers has them."""
    return [
        header
        for one in allowances
        for header in (
            (f"x-ratelimit-limit-{one.unit}", str(one.limit)),
            (f"x-ratelimit-remaining-{one.unit}", str(one.remaining)),
            (f"x-ratelimit-reset-{one.unit}", go_duration(one.reset_s)),
        )
    ]


def as_anthropic(allowances: Sequence[Allowance]) -> list[tuple[str, str]]:
    """As https://docs.anthropic.com/en/api/rate-limits#response-headers has them."""
    now = utc_now()
    return [
        header
        for one in allowances
        for header in (
            (f"anthropic-ratelimit-{one.unit}-limit", str(one.limit)),
            (f"anthropic-ratelimit-{one.unit}-remaining", str(one.remaining)),
            (f"anthropic-ratelimit-{one.unit}-reset", f"{now + timedelta(seconds=one.reset_s):%Y-%m-%dT%H:%M:%SZ}"),
        )
    ]


def go_duration(seconds: float) -> str:
    """As Go writes it, to the millisecond: `0s`, `120ms`, `1.5s`, `6m0s`, `1h0m0s`."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    minutes, rest = divmod(milliseconds, 60_000)
    told = f"{rest / 1000:g}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        told = f"{hours}h{minutes}m{told}" if hours else f"{minutes}m{told}"
    return told

"""When a provider says to come back, in every convention that providers use. Pure.

Header names are looked up in lower case: pass a case-insensitive mapping, or lower-cased names.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chimera.kit.clock import utc_now

_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
# `x-ratelimit-reset-tokens` (OpenAI), `anthropic-ratelimit-tokens-reset` (Anthropic), `x-ratelimit-reset` (OpenRouter).
_RESET = re.compile(r"(?:x-ratelimit-reset.*|(?:anthropic|x)-ratelimit-.*-reset)")
_EPOCH_S = 1_000_000_000
_LONGEST_S = 86_400.0


def retry_after_s(status: int, headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds to wait, or `None` where the provider does not tell.

    `retry-after-ms` and `retry-after` (seconds or HTTP date) win. For a 429 without them, the latest reset among the
    exhausted rate limits counts, or among those that do not tell what is left.

    Args:
        status: HTTP status of the answer.
        headers: Its headers.
        now: Time at which the answer was sent; its `date` header by default, so that clocks need not agree.
    """
    told_s = _told_s(status, headers, now=now)
    return None if told_s is None else min(told_s, _LONGEST_S)


def _told_s(status: int, headers: Mapping[str, str], *, now: datetime | None) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    now = now or _http_date(headers.get("date", "")) or utc_now()
    told = headers.get("retry-after")
    if told is not None:
        seconds = _moment_or_duration(told, now=now)
        if seconds is not None:
            return seconds
    return _reset_s(headers, now=now) if status == 429 else None


def duration_s(text: str) -> float | None:
    """Return the seconds of `6m0s`, `250ms`, `34.07s` or a bare `12.5`; `None` for anything else."""
    text = text.strip().lower()
    if len(text) <= 40 and _DURATION.fullmatch(text):
        return sum(float(amount) * _UNIT_S[unit] for amount, unit in _PIECE.findall(text))
    return _number(text)


def _reset_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    exhausted: list[float] = []
    unknown: list[float] = []
    for name in (name.lower() for name in headers):
        if not _RESET.fullmatch(name):
            continue
        seconds = _moment_or_duration(headers[name], now=now)
        left = _number(headers.get(name.replace("reset", "remaining"), ""))
        if seconds is not None and not left:
            (unknown if left is None else exhausted).append(seconds)
    return max(exhausted or unknown, default=None)


def _moment_or_duration(text: str, *, now: datetime) -> float | None:
    seconds = duration_s(text)
    if seconds is not None:
        if seconds < _EPOCH_S:
            return seconds
        # OpenRouter's reset is a Unix time in milliseconds: https://openrouter.ai/docs/api-reference/limits
        moment_s = seconds / 1000 if seconds > _EPOCH_S * 100 else seconds
        return max(0.0, moment_s - now.timestamp())
    moment = _http_date(text) or _rfc3339(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _http_date(text: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _rfc3339(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

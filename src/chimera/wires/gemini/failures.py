"""Google's errors in our taxonomy. Source: https://ai.google.dev/gemini-api/docs/troubleshooting"""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from chimera.llm.errors import (
    ContextTooLongError,
    ProviderAuthenticationError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
    ProviderTimeoutError,
)
from chimera.wires.failure import Failure, bounded, error_for_status, failure_of_status
from chimera.wires.reading import UNREADABLE
from chimera.wires.retry_after import duration_s, retry_after_s

_BY_STATUS_WORD: dict[str, type[ProviderError]] = {
    "INVALID_ARGUMENT": ProviderRequestError,
    "FAILED_PRECONDITION": ProviderPermissionError,
    "OUT_OF_RANGE": ProviderRequestError,
    "UNAUTHENTICATED": ProviderAuthenticationError,
    "PERMISSION_DENIED": ProviderPermissionError,
    "NOT_FOUND": ProviderModelNotFoundError,
    "RESOURCE_EXHAUSTED": ProviderRateLimitError,
    "DEADLINE_EXCEEDED": ProviderTimeoutError,
    "INTERNAL": ProviderOverloadError,
    "UNAVAILABLE": ProviderOverloadError,
    "UNKNOWN": ProviderOverloadError,
    "ABORTED": ProviderOverloadError,
}
_WRONG_KEY = ("api key not valid", "api key expired", "api_key_invalid", "unregistered callers", "leaked")
_TOO_LONG = ("exceeds the maximum number of tokens", "input token count", "context length", "context window")
# Not "billing": the words about a rate per minute end with advice to check the plan and billing details.
_OUT_OF_MONEY = re.compile(r"limit: 0\b|credits are depleted|prepayment|spend(ing)? cap")


class _Violation(Struct, rename="camel"):
    quota_id: str = ""


class _Detail(Struct, rename="camel"):
    reason: str = ""
    retry_delay: str = ""
    violations: list[_Violation] = []


class Refusal(Struct):
    """The `error` object of a body or of an event."""

    code: int | None = None
    message: str = ""
    status: str = ""
    details: list[_Detail] = []


class _Body(Struct):
    error: Refusal


_bodies = msgspec.json.Decoder(_Body | list[_Body])


def decode_failure(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """Return what a refusal means; a body that is not Google's is judged by its status."""
    wait_s = retry_after_s(status, headers)
    try:
        bodies = _bodies.decode(body)
        refusal = (bodies[0] if isinstance(bodies, list) else bodies).error
    except (*UNREADABLE, IndexError):
        return failure_of_status(status, body, retry_after_s=wait_s)
    return _failure(refusal, status=status, wait_s=wait_s)


def stream_failure(refusal: Refusal) -> Failure:
    """Return what an error inside the stream means."""
    return _failure(refusal, status=refusal.code or 500, wait_s=None)


def _failure(refusal: Refusal, *, status: int, wait_s: float | None) -> Failure:
    told = next((detail.retry_delay for detail in refusal.details if detail.retry_delay), "")
    reason = next((detail.reason for detail in refusal.details if detail.reason), "")
    return Failure(
        error=_error(refusal, status, reason),
        message=bounded(refusal.message, status=status),
        code=reason or refusal.status or None,
        retry_after_s=wait_s if wait_s is not None else duration_s(told),
    )


def _error(refusal: Refusal, status: int, reason: str) -> type[ProviderError]:
    """Tell what the status word leaves open: a wrong key is `INVALID_ARGUMENT`, a spent day `RESOURCE_EXHAUSTED`."""
    message = refusal.message.lower()
    if reason.startswith("API_KEY_") or any(words in message for words in _WRONG_KEY):
        return ProviderAuthenticationError
    error = _BY_STATUS_WORD.get(refusal.status) or error_for_status(status)
    if error is ProviderRequestError and any(words in message for words in _TOO_LONG):
        return ContextTooLongError
    if error is ProviderRateLimitError and (_is_spent(refusal) or _OUT_OF_MONEY.search(message)):
        return ProviderQuotaError
    return error


def _is_spent(refusal: Refusal) -> bool:
    """Whether a quota that renews only next day is used up, rather than a rate per minute."""
    return any("PerDay" in violation.quota_id for detail in refusal.details for violation in detail.violations)

"""What OpenAI and its imitators say when they refuse, in our taxonomy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from chimera.llm.errors import (
    ContentFilteredError,
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
from chimera.wires.failure import Failure, bounded, error_for_status
from chimera.wires.retry_after import retry_after_s

# Codes and types that mean one thing whatever the status: https://platform.openai.com/docs/guides/error-codes
_BY_NAME: dict[str, type[ProviderError]] = {
    "insufficient_quota": ProviderQuotaError,
    "billing_hard_limit_reached": ProviderQuotaError,
    "billing_not_active": ProviderQuotaError,
    "context_length_exceeded": ContextTooLongError,
    "model_not_found": ProviderModelNotFoundError,
    "deploymentnotfound": ProviderModelNotFoundError,
    "invalid_api_key": ProviderAuthenticationError,
    "content_filter": ContentFilteredError,
    "content_policy_violation": ContentFilteredError,
    "responsibleaipolicyviolation": ContentFilteredError,
    "moderation_blocked": ContentFilteredError,
}
# Types that only stand in for a status where there is none: inside a stream.
_BY_KIND: dict[str, type[ProviderError]] = {
    "rate_limit_error": ProviderRateLimitError,
    "rate_limit_exceeded": ProviderRateLimitError,
    "requests": ProviderRateLimitError,
    "tokens": ProviderRateLimitError,
    "authentication_error": ProviderAuthenticationError,
    "permission_error": ProviderPermissionError,
    "invalid_request_error": ProviderRequestError,
    "timeout": ProviderTimeoutError,
    "timeout_error": ProviderTimeoutError,
}
# Imitators that have no code for it say it in words.
_BY_WORDS: tuple[tuple[re.Pattern[str], type[ProviderError]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), error)
    for words, error in (
        (r"context (?:length|window|size)|maximum context|prompt is too long", ContextTooLongError),
        (r"insufficient (?:balance|credit|funds)", ProviderQuotaError),
        (r"requires moderation and your input was flagged", ContentFilteredError),
        (r"not a valid model|model[^.]* (?:not exist|not found|does not exist)", ProviderModelNotFoundError),
        (r"(?:invalid|incorrect|malformed)[^.]* (?:api key|api token)", ProviderAuthenticationError),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What an error body says, whatever its shape."""

    message: str
    names: tuple[str, ...] = ()
    status: int | None = None


def decode_failure(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """Return the failure that an answer with this status means."""
    told = _read(_json(body))
    error = _meaning(status, told)
    return Failure(
        error=error,
        message=bounded(told.message, status=status),
        code=told.names[0] if told.names else None,
        # Waiting does not refill a credit, though the headers of rate limits come along with every refusal.
        retry_after_s=retry_after_s(status, headers) if error.transient else None,
    )


def decode_stream_failure(error: object) -> Failure:
    """Return the failure that an error object inside a stream means."""
    told = _read({"error": error})
    return Failure(
        error=_meaning(told.status, told), message=bounded(told.message), code=told.names[0] if told.names else None
    )


def _meaning(status: int | None, told: _Told) -> type[ProviderError]:
    for name in told.names:
        if name.lower() in _BY_NAME:
            return _BY_NAME[name.lower()]
    if status is None or (400 <= status < 500 and status != 429):
        for words, error in _BY_WORDS:
            if words.search(told.message[:2000]):
                return error
    if status is not None:
        return error_for_status(status)
    return next((_BY_KIND[name] for name in told.names if name in _BY_KIND), ProviderOverloadError)


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _read(body: object) -> _Told:
    """Read OpenAI's object, a plain string (LM Studio), vLLM's flat form, FastAPI's `detail`, or nothing at all."""
    if not isinstance(body, dict):
        return _Told(message="")
    error = body.get("error") or body
    if isinstance(error, str):
        return _Told(message=error)
    if not isinstance(error, dict):
        return _Told(message="")
    inner = error.get("innererror")
    codes = [inner.get("code") if isinstance(inner, dict) else None, error.get("code"), error.get("type")]
    return _Told(
        message=_words(error),
        names=tuple(code for code in codes if isinstance(code, str) and code),
        status=next((code for code in codes if isinstance(code, int) and 400 <= code < 600), None),
    )


def _words(error: dict[str, Any]) -> str:
    said = error.get("message") or error.get("detail") or error.get("error") or ""
    return said if isinstance(said, str) else msgspec.json.encode(said).decode()

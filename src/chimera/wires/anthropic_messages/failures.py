"""Anthropic's errors in our taxonomy. Source: https://platform.claude.com/docs/en/api/errors"""

from collections.abc import Mapping
from dataclasses import replace

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
from chimera.wires.retry_after import retry_after_s

_BY_TYPE: dict[str, type[ProviderError]] = {
    "invalid_request_error": ProviderRequestError,
    "authentication_error": ProviderAuthenticationError,
    "billing_error": ProviderQuotaError,
    "permission_error": ProviderPermissionError,
    "not_found_error": ProviderModelNotFoundError,
    "request_too_large": ContextTooLongError,
    "rate_limit_error": ProviderRateLimitError,
    "timeout_error": ProviderTimeoutError,
    "api_error": ProviderOverloadError,
    "overloaded_error": ProviderOverloadError,
}
_TOO_LONG = (
    "prompt is too long",
    "exceed context limit",
    "context window",
    "maximum context length",
    "too many tokens",
)
_OUT_OF_MONEY = ("credit balance", "usage limits", "spend limit", "spending limit", "billing")


class _Details(Struct):
    error_code: str | None = None


class Refusal(Struct):
    """The `error` object of a body or of an event."""

    type: str = ""
    message: str = ""
    details: _Details | None = None


class _Body(Struct):
    error: Refusal


_bodies = msgspec.json.Decoder(_Body)


def decode_failure(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """Return what a refusal means; a body that is not Anthropic's is judged by its status."""
    wait_s = retry_after_s(status, headers)
    try:
        refusal = _bodies.decode(body).error
    except UNREADABLE:
        failure = failure_of_status(status, body, retry_after_s=wait_s)
        return replace(failure, error=ContextTooLongError) if status == 413 else failure
    return _failure(refusal, status=status, wait_s=wait_s)


def stream_failure(refusal: Refusal | None) -> Failure:
    """Return what an `error` event means."""
    return _failure(refusal or Refusal(), status=500, wait_s=None)


def _failure(refusal: Refusal, *, status: int, wait_s: float | None) -> Failure:
    # Whatever a 404 says of itself, there is no such thing at this address.
    error = error_for_status(status) if status == 404 else _BY_TYPE.get(refusal.type) or error_for_status(status)
    code = refusal.details.error_code if refusal.details else None
    return Failure(
        error=_refined(error, refusal.message.lower(), code or ""),
        message=bounded(refusal.message, status=status),
        code=code or refusal.type or None,
        retry_after_s=wait_s,
    )


def _refined(error: type[ProviderError], message: str, code: str) -> type[ProviderError]:
    """Tell what the error type leaves open: an empty purse and a full window are both `invalid_request_error`."""
    if "spend_limit" in code:
        return ProviderQuotaError
    if error is ProviderRequestError and any(words in message for words in _TOO_LONG):
        return ContextTooLongError
    if error in {ProviderRequestError, ProviderRateLimitError} and any(words in message for words in _OUT_OF_MONEY):
        return ProviderQuotaError
    return error

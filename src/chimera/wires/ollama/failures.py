"""Ollama's errors in our taxonomy: one string, told apart by status and words."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from chimera.llm.errors import (
    ContextTooLongError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
)
from chimera.wires.failure import Failure, bounded, error_for_status, failure_of_status
from chimera.wires.reading import UNREADABLE
from chimera.wires.retry_after import retry_after_s

_TOO_LONG = ("context length", "context window", "context size", "prompt too long")
_OUT_OF_MONEY = ("usage limit", "quota", "upgrade")


class _Body(Struct):
    error: Any


_bodies = msgspec.json.Decoder(_Body)


def decode_failure(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """Return what a refusal means; a body that is not Ollama's is judged by its status."""
    wait_s = retry_after_s(status, headers)
    try:
        message = _words(_bodies.decode(body).error)
    except UNREADABLE:
        return failure_of_status(status, body, retry_after_s=wait_s)
    return Failure(
        error=_refined(error_for_status(status), message.lower()),
        message=bounded(message, status=status),
        retry_after_s=wait_s,
    )


def stream_failure(told: Any) -> Failure:
    """Return what a line with an error means."""
    message = _words(told)
    return Failure(error=_refined(ProviderOverloadError, message.lower()), message=bounded(message))


def _words(told: Any) -> str:
    """Return the message; proxies before Ollama wrap it into an object."""
    if isinstance(told, str):
        return told
    message = told.get("message") if isinstance(told, dict) else None
    return message if isinstance(message, str) else ""


def _refined(error: type[ProviderError], message: str) -> type[ProviderError]:
    if any(words in message for words in _TOO_LONG):
        return ContextTooLongError
    if error in {ProviderOverloadError, ProviderRequestError} and "not found" in message and "model" in message:
        return ProviderModelNotFoundError
    if error is ProviderOverloadError and "does not support" in message:
        return ProviderRequestError
    if error is ProviderRateLimitError and any(words in message for words in _OUT_OF_MONEY):
        return ProviderQuotaError
    return error

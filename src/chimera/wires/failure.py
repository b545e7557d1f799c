"""How a foreign answer fails, before anyone above knows which provider it was. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chimera.llm.errors import (
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
    ProviderTimeoutError,
)
from chimera.llm.events import Event

Flaw: TypeAlias = Literal["malformed", "cut"]

_LONGEST_MESSAGE = 500
_BY_STATUS: dict[int, type[ProviderError]] = {
    400: ProviderRequestError,
    401: ProviderAuthenticationError,
    402: ProviderQuotaError,
    403: ProviderPermissionError,
    404: ProviderModelNotFoundError,
    408: ProviderTimeoutError,
    409: ProviderOverloadError,
    425: ProviderOverloadError,
    429: ProviderRateLimitError,
    504: ProviderTimeoutError,
    524: ProviderTimeoutError,
}


class BrokenAnswerError(Exception):
    """Base of what a decoder raises.

    Attributes:
        heard: Events that the same bytes completed before they went wrong; a reader gets them first.
    """

    heard: Sequence[Event] = ()


class WireError(BrokenAnswerError):
    """The bytes do not speak the wire.

    Attributes:
        code: `malformed` for garbage, `cut` for an answer that ends before its end marker.
    """

    def __init__(self, code: Flaw, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A provider's refusal in our taxonomy.

    Attributes:
        message: The provider's own words, bounded by `bounded`.
        code: The provider's own name of the error, where it gave one.
    """

    error: type[ProviderError]
    message: str
    code: str | None = None
    retry_after_s: float | None = None

    def as_error(self, *, provider: str, status: int | None = None) -> ProviderError:
        said = self.message
        if issubclass(self.error, ProviderAuthenticationError):
            # Callers have keys of their own; they must not look for the fault there.
            said = f"{provider} refused this server's key: {said}"
        return self.error(
            said,
            provider=provider,
            retry_after_s=self.retry_after_s,
            upstream_status=status,
            upstream_code=self.code,
        )


class StreamFailure(BrokenAnswerError):  # noqa: N818 - it carries a Failure; whoever knows the provider makes the error
    """The provider reported a failure inside its stream, after it had begun to answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def error_for_status(status: int) -> type[ProviderError]:
    """Return what a status means where the body says nothing more precise."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return ProviderOverloadError
    if status >= 400:
        return ProviderRequestError
    # We follow no redirects: whoever sends one is not the provider's API.
    return ProviderConnectionError if status >= 300 else ProviderAnswerError


def failure_of_status(status: int, body: bytes, *, retry_after_s: float | None) -> Failure:
    """Return what a refusal means whose body the wire cannot read: its status, and its text unless it is a page."""
    message = "" if body.lstrip()[:1] == b"<" else body.decode(errors="replace")
    return Failure(error=error_for_status(status), message=bounded(message, status=status), retry_after_s=retry_after_s)


def bounded(message: str, *, status: int | None = None) -> str:
    """Return the message with its white space joined, at most 500 characters; a stand-in where it is empty."""
    words = " ".join(message[: 4 * _LONGEST_MESSAGE].split())
    if not words:
        return f"The provider answered with status {status}." if status else "The provider reported an error."
    return words if len(words) <= _LONGEST_MESSAGE else words[: _LONGEST_MESSAGE - 1] + "…"

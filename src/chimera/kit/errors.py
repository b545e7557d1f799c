"""The one error vocabulary.

AppError
├── llm.ProviderError       a model provider failed us    (llm/errors.py)
├── gateway.GatewayError    we refused or ran out         (gateway/errors.py)
└── <domain>.<Domain>Error  a rule of that domain said no

An error says *what kind of thing* went wrong; only the surfaces (`web.problems`, `compat.*`) know which
HTTP status or wire body that kind becomes.
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What a caller can do about an error. Closed set, modelled on gRPC codes."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    EXHAUSTED = "exhausted"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class AppError(Exception):
    """Base of every error we raise on purpose.

    Attributes:
        code: Stable machine-readable name, e.g. `model_not_found`. Never reused for another meaning.
        kind: What a caller can do about it.
        message: One or two sentences for a person: what happened and what to do.
        retry_after_s: Seconds after which trying again makes sense, where that is known.
    """

    code: ClassVar[str] = "internal_error"
    kind: ClassVar[Kind] = Kind.INTERNAL

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


class InvalidRequestError(AppError):
    """The caller's input does not have the promised shape.

    Attributes:
        field: Dotted path of the offending field, e.g. `messages.0.role`, or `None` for the whole body.
    """

    code = "invalid_request"
    kind = Kind.INVALID

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnsupportedParameterError(InvalidRequestError):
    """A well-formed parameter that is not carried; refused rather than ignored."""

    code = "unsupported_parameter"


class BodyTooLargeError(AppError):
    code = "body_too_large"
    kind = Kind.INVALID

"""What can be wrong with a socket, and the codes with which sockets are closed.

SocketError
├── TooManySocketsError      too_many_sockets     here, or of this person
├── TooManyFramesError       too_many_frames      faster than a person, or a patient program, speaks
├── NotReadingError          not_reading          what waits for the client was not taken for too long
├── NothingToApproveError    nothing_to_approve   no tool waits for an approval
└── NoConversationError      no_conversation      nothing was said on `/ws/chat` yet
"""

from typing import Final

from chimera.kit.errors import AppError, Kind


class SocketError(AppError):
    """Base of all errors of sockets."""


class TooManySocketsError(SocketError):
    code = "too_many_sockets"
    kind = Kind.RATE_LIMITED


class TooManyFramesError(SocketError):
    code = "too_many_frames"
    kind = Kind.RATE_LIMITED


class NotReadingError(SocketError):
    code = "not_reading"
    kind = Kind.TIMEOUT


class NothingToApproveError(SocketError):
    code = "nothing_to_approve"
    kind = Kind.CONFLICT


class NoConversationError(SocketError):
    code = "no_conversation"
    kind = Kind.INVALID


# Of the range that RFC 6455, section 7.4.2, leaves to applications: 4000 and the status that HTTP has for it.
_BY_KIND: Final = {
    Kind.INVALID: 4400,
    Kind.UNAUTHENTICATED: 4401,
    Kind.FORBIDDEN: 4403,
    Kind.NOT_FOUND: 4404,
    Kind.TIMEOUT: 4408,
    Kind.CONFLICT: 4409,
    Kind.RATE_LIMITED: 4429,
    # "Try again later", and "unexpected condition", of RFC 6455's registry.
    Kind.UNAVAILABLE: 1013,
}
_UNEXPECTED: Final = 1011


def close_code(error: AppError) -> int:
    """With which code an error ends a socket."""
    return _BY_KIND.get(error.kind, _UNEXPECTED)

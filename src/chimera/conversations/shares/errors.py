"""What can be wrong with a link that shows a conversation.

ShareError
├── ShareNotFoundError         share_not_found             also when it is over, revoked, or not for whoever asks
├── SharingNotAllowedError     sharing_not_allowed         the organisation shares nothing, or not with so many
├── NotShareableError          conversation_not_shareable  temporary, archived, or there is nothing in it
├── TooManySharesError         too_many_shares             of one conversation
└── CopyingNotAllowedError     share_copy_not_allowed      it may be read, but not gone on with
"""

from chimera.kit.errors import AppError, Kind


class ShareError(AppError):
    """Base of all errors of shares."""


class ShareNotFoundError(ShareError):
    code = "share_not_found"
    kind = Kind.NOT_FOUND


class SharingNotAllowedError(ShareError):
    code = "sharing_not_allowed"
    kind = Kind.FORBIDDEN


class NotShareableError(ShareError):
    code = "conversation_not_shareable"
    kind = Kind.CONFLICT


class TooManySharesError(ShareError):
    code = "too_many_shares"
    kind = Kind.CONFLICT


class CopyingNotAllowedError(ShareError):
    code = "share_copy_not_allowed"
    kind = Kind.FORBIDDEN

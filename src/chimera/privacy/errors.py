"""Why a request about somebody's data is refused."""

from chimera.kit.errors import AppError, Kind


class PrivacyError(AppError):
    """Base of this package's errors."""


class DataRequestNotFoundError(PrivacyError):
    code = "data_request_not_found"
    kind = Kind.NOT_FOUND


class LegalHoldNotFoundError(PrivacyError):
    code = "legal_hold_not_found"
    kind = Kind.NOT_FOUND

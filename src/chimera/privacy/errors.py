"""Why a request about somebody's data is refused."""

from chimera.kit.errors import AppError, Kind


class PrivacyError(AppError):
    """Base of this package's errors."""


class UnderLegalHoldError(PrivacyError):
    """Nothing of this person may be removed at present."""

    code = "under_legal_hold"
    kind = Kind.CONFLICT


class DataRequestNotFoundError(PrivacyError):
    code = "data_request_not_found"
    kind = Kind.NOT_FOUND


class LegalHoldNotFoundError(PrivacyError):
    code = "legal_hold_not_found"
    kind = Kind.NOT_FOUND

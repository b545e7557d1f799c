"""Why somebody is not let in, or not let through."""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class TenancyError(AppError):
    """Base of this package's errors."""


class UnauthenticatedError(TenancyError):
    """No credential, or one that is unknown, expired or revoked; which of these is not told."""

    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED


class InvalidCredentialsError(TenancyError):
    """The e-mail and password do not belong together; whether the account exists is not told."""

    code = "invalid_credentials"
    kind = Kind.UNAUTHENTICATED


class TooManyAttemptsError(TenancyError):
    code = "too_many_attempts"
    kind = Kind.RATE_LIMITED


class CrossSiteRequestError(TenancyError):
    """A cookie came with a request that another site may have caused."""

    code = "cross_site_request"
    kind = Kind.FORBIDDEN


class PermissionDeniedError(TenancyError):
    code = "permission_denied"
    kind = Kind.FORBIDDEN


class ApiKeyNotFoundError(TenancyError):
    code = "api_key_not_found"
    kind = Kind.NOT_FOUND


class WeakPasswordError(InvalidRequestError):
    code = "weak_password"


class InvalidEmailError(InvalidRequestError):
    code = "invalid_email"


class InvalidApiKeyError(InvalidRequestError):
    """A key that was given to us to be kept does not do as a key."""

    code = "invalid_api_key"

"""Why nobody is signed in through a provider. What a provider itself said is never quoted."""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class SsoError(AppError):
    """Base of this package's errors."""


class IdentityProviderNotFoundError(SsoError):
    code = "identity_provider_not_found"
    kind = Kind.NOT_FOUND


class IdentityProviderExistsError(SsoError):
    """Another of the organisation's providers bears the name."""

    code = "identity_provider_exists"
    kind = Kind.CONFLICT


class IdentityProviderUnusableError(SsoError):
    """It does not answer, or not as OpenID Connect demands."""

    code = "identity_provider_unusable"
    kind = Kind.UNAVAILABLE


class SignInExpiredError(InvalidRequestError):
    """A return from a provider that this browser was not sent to, or too late, or for the second time."""

    code = "sign_in_expired"


class SignInRefusedError(SsoError):
    """The provider did not vouch for anybody, or not in a way that can be believed."""

    code = "sign_in_refused"
    kind = Kind.FORBIDDEN


class NotInvitedError(SsoError):
    """The provider vouched for somebody who may not come in here."""

    code = "not_invited"
    kind = Kind.FORBIDDEN


class LogoutTokenError(InvalidRequestError):
    code = "invalid_logout_token"

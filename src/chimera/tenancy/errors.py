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


class InvalidTenantError(InvalidRequestError):
    code = "invalid_tenant_id"


class TenantMismatchError(TenancyError):
    """The request names another organisation than its credential's."""

    code = "tenant_mismatch"
    kind = Kind.FORBIDDEN


class NetworkNotAllowedError(TenancyError):
    """The credential is good, but not where it was used."""

    code = "network_not_allowed"
    kind = Kind.FORBIDDEN


class TenantNotFoundError(TenancyError):
    code = "tenant_not_found"
    kind = Kind.NOT_FOUND


class UserNotFoundError(TenancyError):
    code = "user_not_found"
    kind = Kind.NOT_FOUND


class GroupNotFoundError(TenancyError):
    code = "group_not_found"
    kind = Kind.NOT_FOUND


class GroupExistsError(TenancyError):
    """Another group of the organisation has the name."""

    code = "group_exists"
    kind = Kind.CONFLICT


class RoleNotFoundError(TenancyError):
    code = "role_not_found"
    kind = Kind.NOT_FOUND


class InvitationNotFoundError(TenancyError):
    """There is none, or it is used up, taken back or expired; which of these is not told."""

    code = "invitation_not_found"
    kind = Kind.NOT_FOUND


class TooManyInvitationsError(TenancyError):
    code = "too_many_invitations"
    kind = Kind.CONFLICT


class AlreadyMemberError(TenancyError):
    code = "already_member"
    kind = Kind.CONFLICT


class LastOwnerError(TenancyError):
    """Without it the organisation would have no owner who can come in."""

    code = "last_owner"
    kind = Kind.CONFLICT


class OwnTenantError(TenancyError):
    """Operators neither suspend nor delete the organisation that they act in."""

    code = "own_tenant"
    kind = Kind.CONFLICT


class TenantActiveError(TenancyError):
    """Only what was suspended a while ago is deleted: nothing of it is under way any more."""

    code = "tenant_active"
    kind = Kind.CONFLICT


class SwitchRefusedError(TenancyError):
    """A session that an organisation's identity provider vouched for is good there alone; a key has no other place."""

    code = "switch_refused"
    kind = Kind.FORBIDDEN


class SecondFactorRequiredError(TenancyError):
    """The password was right, and is not enough."""

    code = "second_factor_required"
    kind = Kind.UNAUTHENTICATED


class SignInStepError(TenancyError):
    """The second proof of a sign-in came too late, too often, or for none that was begun."""

    code = "sign_in_step_over"
    kind = Kind.UNAUTHENTICATED


class InvalidCodeError(TenancyError):
    """A code of an app, or a recovery code, that is not good or was used before."""

    code = "invalid_code"
    kind = Kind.UNAUTHENTICATED


class ProviderOnlyError(TenancyError):
    """The organisation lets people in by its identity provider alone."""

    code = "provider_only"
    kind = Kind.FORBIDDEN


class ProofNeededError(TenancyError):
    """A session is not enough for this: whoever holds it proves again who they are."""

    code = "proof_needed"
    kind = Kind.FORBIDDEN


class FactorExistsError(TenancyError):
    code = "factor_exists"
    kind = Kind.CONFLICT


class FactorNotFoundError(TenancyError):
    code = "factor_not_found"
    kind = Kind.NOT_FOUND


class PasskeyRefusedError(TenancyError):
    """What an authenticator said does not prove anything; why is not told."""

    code = "passkey_refused"
    kind = Kind.UNAUTHENTICATED


class InvalidRefreshTokenError(TenancyError):
    """A refresh token is unknown, was used before, or ended; which of these is not told."""

    code = "invalid_refresh_token"
    kind = Kind.UNAUTHENTICATED


class TokenFamilyNotFoundError(TenancyError):
    code = "token_family_not_found"
    kind = Kind.NOT_FOUND


class MailTokenError(InvalidRequestError):
    """What came back from an address is not, or not any more, what was sent to it."""

    code = "mail_token_over"


class RoleExistsError(TenancyError):
    """Another role of the organisation, or one that is built in, has the name."""

    code = "role_exists"
    kind = Kind.CONFLICT


class RoleInUseError(TenancyError):
    """Somebody has the role, or is given it as they come."""

    code = "role_in_use"
    kind = Kind.CONFLICT


class TooManyRolesError(TenancyError):
    code = "too_many_roles"
    kind = Kind.CONFLICT


class SessionNotFoundError(TenancyError):
    code = "session_not_found"
    kind = Kind.NOT_FOUND


class TokenIssuerNotFoundError(TenancyError):
    code = "token_issuer_not_found"
    kind = Kind.NOT_FOUND


class TokenIssuerExistsError(TenancyError):
    """One issuer and audience are believed for one organisation."""

    code = "token_issuer_exists"
    kind = Kind.CONFLICT

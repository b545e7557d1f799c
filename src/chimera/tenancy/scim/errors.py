"""What is refused to a directory, as SCIM says it (RFC 7644, 3.12), and of the credentials of directories."""

from typing import ClassVar

from chimera.kit.errors import AppError, Kind


class ScimTokenNotFoundError(AppError):
    code = "scim_token_not_found"
    kind = Kind.NOT_FOUND


class ScimError(AppError):
    """Base of what is told in SCIM's own shape.

    Attributes:
        scim_type: SCIM's own word for it, where it has one.
    """

    scim_type: ClassVar[str | None] = None


class ScimUnauthenticatedError(ScimError):
    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED


class ScimSyntaxError(ScimError):
    code = "invalid_syntax"
    kind = Kind.INVALID
    scim_type = "invalidSyntax"


class ScimValueError(ScimError):
    code = "invalid_value"
    kind = Kind.INVALID
    scim_type = "invalidValue"


class ScimFilterError(ScimError):
    code = "invalid_filter"
    kind = Kind.INVALID
    scim_type = "invalidFilter"


class ScimMutabilityError(ScimError):
    code = "immutable"
    kind = Kind.INVALID
    scim_type = "mutability"


class ScimUniquenessError(ScimError):
    code = "already_exists"
    kind = Kind.CONFLICT
    scim_type = "uniqueness"


class ScimNotFoundError(ScimError):
    code = "resource_not_found"
    kind = Kind.NOT_FOUND


class ScimForbiddenError(ScimError):
    """Owners and operators are not a directory's, nor are groups whose role its token's maker does not hold."""

    code = "out_of_reach"
    kind = Kind.FORBIDDEN

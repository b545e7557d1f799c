"""What can be wrong with the database itself, or with how it is asked."""

from chimera.kit.errors import AppError, Kind


class StoreError(AppError):
    """Base of this package's errors."""


class DatabaseUrlError(StoreError):
    """The configured address is not one that we can open."""

    code = "database_url_invalid"
    kind = Kind.INVALID


class DatabaseUnavailableError(StoreError):
    """It cannot be reached, or it stayed busy for longer than we wait."""

    code = "database_unavailable"
    kind = Kind.UNAVAILABLE


class SchemaMismatchError(StoreError):
    """The schema is not the one that this version of the program knows."""

    code = "schema_mismatch"


class UnsafeDatabaseRoleError(StoreError):
    """The login would see through row-level security, or could switch it off."""

    code = "database_role_unsafe"


class RowSecurityError(StoreError):
    """Row-level security is not as the migrations left it."""

    code = "row_security_broken"


class UnderLegalHoldError(StoreError):
    """It must be kept at present, whoever wants it gone."""

    code = "under_legal_hold"
    kind = Kind.CONFLICT


class ScopeMismatchError(StoreError):
    """A repository was built for another scope than its transaction: a bug of ours, never of the caller."""

    code = "scope_mismatch"

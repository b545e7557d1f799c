"""What can be wrong with keys, secrets and connections."""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class EncryptionError(AppError):
    """Base of this package's errors."""


class RootKeyWrongError(EncryptionError):
    """What is sealed here was sealed with another root key than was given."""

    code = "root_key_wrong"
    kind = Kind.INVALID


class NotConfirmedError(InvalidRequestError):
    """The name that was typed is not the organisation's."""

    code = "not_confirmed"


class ConnectionNotFoundError(EncryptionError):
    code = "provider_connection_not_found"
    kind = Kind.NOT_FOUND


class ConnectionExistsError(EncryptionError):
    code = "provider_connection_exists"
    kind = Kind.CONFLICT

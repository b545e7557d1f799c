"""The port to a store of secrets: a file, HashiCorp Vault, AWS Secrets Manager, or the database."""

from typing import Final, Protocol

from chimera.kit.errors import AppError, Kind

_LONGEST: Final = 200
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class SecretNotFoundError(AppError):
    code = "secret_not_found"
    kind = Kind.NOT_FOUND


class SecretsUnavailableError(AppError):
    """The store of secrets does not answer, or refuses us."""

    code = "secrets_unavailable"
    kind = Kind.UNAVAILABLE


class Secrets(Protocol):
    """Keeps secrets by name: `root-key`, or `tenants/<id>/<name>`. Values appear in no log, error or repr."""

    async def read(self, name: str) -> bytes:
        """Raises SecretNotFoundError, SecretsUnavailableError."""
        ...

    async def write(self, name: str, value: bytes) -> None:
        """Make it, or put it in the place of what was there. Raises SecretsUnavailableError."""
        ...

    async def remove(self, name: str) -> None:
        """Raises SecretsUnavailableError; nothing if there is none."""
        ...


def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name: of small letters, digits, `-` and `_`, so that they are safe in paths and addresses.

    Raises:
        SecretNotFoundError: if it cannot be the name of a secret.
    """
    parts = tuple(name.split("/"))
    if len(name) > _LONGEST or not all(part and _LETTERS.issuperset(part) for part in parts):
        raise not_found()
    return parts


def not_found() -> SecretNotFoundError:
    return SecretNotFoundError("There is no such secret.")

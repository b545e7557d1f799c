"""The port to a store of secrets: a file, HashiCorp Vault, AWS Secrets Manager, or the database."""

from typing import Protocol

from chimera.kit.errors import AppError, Kind


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

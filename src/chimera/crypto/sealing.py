"""The port to whoever seals and opens. Loads no cryptography: who only passes it on needs none."""

from typing import Final, Protocol
from uuid import UUID

from chimera.kit.errors import AppError, Kind

KEY_BYTES: Final = 32


class UnsealableError(AppError):
    """Sealed bytes were changed, belong to somebody else, or their key was destroyed."""

    code = "unsealable"
    kind = Kind.INTERNAL


class Sealer(Protocol):
    """Seals and opens secrets and content, each organisation's with keys of its own.

    `purpose` is a constant such as `totp` or `provider_secret`; what was sealed for one opens for no other. `tenant_id`
    is `None` for what belongs to the house or to a person in several organisations.
    """

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes: ...

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError."""
        ...

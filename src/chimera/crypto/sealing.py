"""The port to whoever seals and opens. Loads no cryptography: who only passes it on needs none."""

from typing import Final, Protocol
from uuid import UUID

from chimera.kit.errors import AppError, Kind

KEY_BYTES: Final = 32
HEAD_BYTES: Final = 1 + 16
"""Of sealed bytes: one of version, then the id of their key."""


class UnsealableError(AppError):
    """Sealed bytes were changed, belong to somebody else, or their key was destroyed."""

    code = "unsealable"
    kind = Kind.INTERNAL


class KeyDestroyedError(UnsealableError):
    """The key that opens it is not there any more: whose it was had it destroyed, and nobody reads it again."""

    code = "key_destroyed"
    kind = Kind.NOT_FOUND


class BoundSealer(Protocol):
    """Seals and opens for one organisation at once, with keys that are at hand."""

    def seal(self, plain: bytes, *, purpose: str) -> bytes: ...

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError, KeyDestroyedError."""
        ...


class Sealers(Protocol):
    """Who seals for whom."""

    async def bound(self, tenant_id: UUID) -> BoundSealer:
        """The sealer of an organisation, good for as long as a transaction lasts. Not asked inside of one."""
        ...


class Sealer(Protocol):
    """Seals and opens secrets and content, each organisation's with keys of its own.

    `purpose` is a constant such as `totp` or `provider_secret`; what was sealed for one opens for no other. `tenant_id`
    is `None` for what belongs to the house or to a person in several organisations.
    """

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes: ...

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError."""
        ...

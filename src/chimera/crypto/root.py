"""The sealer of the house: keys derived from the one root key, which is kept outside the database."""

from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from uuid import UUID

_HOUSE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSealer:
    """The port `Sealer` for what belongs to no organisation, and for all until they have keys of their own.

    Attributes:
        root: 32 random bytes.
    """

    root: bytes = field(repr=False)

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes:
        key = _envelope().derived(self.root, purpose=purpose)
        sealed: bytes = _envelope().seal(key, _HOUSE, plain, context=_context(tenant_id, purpose))
        return sealed

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError."""
        key = _envelope().derived(self.root, purpose=purpose)
        plain: bytes = _envelope().unseal(key, sealed, context=_context(tenant_id, purpose))
        return plain


def _envelope() -> ModuleType:
    return import_module("chimera.crypto.envelope")


def _context(tenant_id: UUID | None, purpose: str) -> bytes:
    return f"{tenant_id or _HOUSE} {purpose}".encode()

"""The sealer of the house: keys derived from a root key, which is kept outside the database."""

import hmac
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

from chimera.crypto.sealing import UnsealableError

if TYPE_CHECKING:
    from chimera.crypto.envelope import Cipher

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSealer:
    """The port `Sealer` for what belongs to no organisation.

    Attributes:
        root: 32 random bytes.
    """

    root: bytes = field(repr=False)

    @property
    def key_id(self) -> UUID:
        """Names the root key, and tells nothing of it. Needs no cryptography, so that a start loads none."""
        return UUID(bytes=hmac.digest(self.root, b"root_key_name", "sha256")[:16])

    @property
    def name(self) -> str:
        return self.key_id.hex

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose."""
        key: bytes = _envelope().derived(self.root, purpose=purpose)
        return key

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes:
        sealed: bytes = self._cipher(purpose).seal(plain, context=context_of(tenant_id, purpose))
        return sealed

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError."""
        plain: bytes = self._cipher(purpose).unseal(sealed, context=context_of(tenant_id, purpose))
        return plain

    def _cipher(self, purpose: str) -> "Cipher":
        cipher: Cipher = _envelope().Cipher(self.derived(purpose), self.key_id)
        return cipher


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The port `Sealer` while the root key is being rotated: the current one seals, former ones open."""

    current: RootSealer
    former: tuple[RootSealer, ...] = ()

    @property
    def all(self) -> tuple[RootSealer, ...]:
        return (self.current, *self.former)

    def of(self, sealed: bytes) -> RootSealer | None:
        """Which of them sealed it; `None` if none did."""
        key_id = _envelope().key_id_of(sealed)
        return next((root for root in self.all if root.key_id == key_id), None)

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes:
        return await self.current.seal(tenant_id, plain, purpose=purpose)

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError."""
        root = self.of(sealed)
        if root is None:
            raise UnsealableError("This was sealed with a root key that is not here.")
        return await root.open(tenant_id, sealed, purpose=purpose)


def context_of(tenant_id: UUID | None, purpose: str) -> bytes:
    """What sealed bytes are bound to."""
    return f"{tenant_id or _NOBODY} {purpose}".encode()


def _envelope() -> ModuleType:
    return import_module("chimera.crypto.envelope")

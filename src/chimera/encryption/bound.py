"""Keys of one organisation as content uses them: at once, while a transaction lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

from chimera.crypto.root import context_of
from chimera.crypto.sealing import HEAD_BYTES, KeyDestroyedError, UnsealableError

if TYPE_CHECKING:
    from chimera.crypto.envelope import Cipher


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysAtHand:
    """The port `BoundSealer`.

    Attributes:
        keys: Opened keys by their ids.
        sealing: Names the key that seals; `None`: the organisation has none.
    """

    tenant_id: UUID
    keys: Mapping[UUID, bytes] = field(repr=False)
    sealing: UUID | None
    _ciphers: "dict[UUID, Cipher]" = field(default_factory=dict, repr=False)
    _by_head: "dict[bytes, Cipher]" = field(default_factory=dict, repr=False)
    _contexts: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False)

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError: if there is no such organisation."""
        if self.sealing is None:
            raise UnsealableError("Nothing can be sealed for an organisation that is not there.")
        return self._cipher(self.sealing).seal(plain, context=self._context(purpose))

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """See `BoundSealer.open`; what was kept before anything was sealed is given back as it is."""
        cipher = self._by_head.get(sealed[:HEAD_BYTES])  # of hundreds, nearly all begin alike
        if cipher is None:
            if _envelope().is_plain(sealed):
                return sealed[1:]
            key_id: UUID = _envelope().key_id_of(sealed)
            if key_id not in self.keys:
                raise KeyDestroyedError("The key that opens this was destroyed.")
            cipher = self._by_head[sealed[:HEAD_BYTES]] = self._cipher(key_id)
        return cipher.unseal(sealed, context=self._context(purpose))

    def is_current(self, kept: bytes) -> bool:
        """Whether it would be sealed with the same key now."""
        return not _envelope().is_plain(kept) and _envelope().key_id_of(kept) == self.sealing

    def _cipher(self, key_id: UUID) -> "Cipher":
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            cipher = self._ciphers[key_id] = _envelope().Cipher(self.keys[key_id], key_id)
        return cipher

    def _context(self, purpose: str) -> bytes:
        context = self._contexts.get(purpose)
        if context is None:
            context = self._contexts[purpose] = context_of(self.tenant_id, purpose)
        return context


def _envelope() -> ModuleType:
    return import_module("chimera.crypto.envelope")

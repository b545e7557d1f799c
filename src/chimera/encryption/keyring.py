"""The sealer of organisations: each has keys of its own, wrapped by the root key, made when the first is needed."""

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Final
from uuid import UUID

import structlog

from chimera.crypto.root import Roots
from chimera.crypto.sealing import KEY_BYTES, UnsealableError
from chimera.encryption.bound import KeysAtHand
from chimera.encryption.repository import AllDataKeys
from chimera.encryption.tables import DataKeyRow
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import Database

log = structlog.get_logger()

# A key that was destroyed elsewhere opens nothing here after so many seconds.
RECHECK_S: Final = 5.0
_IN_USE_S: Final = 30.0
_MOST_KNOWN: Final = 10_000
_AT_ONCE: Final = 500
WRAPPED: Final = "data_key"


@dataclass(slots=True, kw_only=True)
class Ring:
    """The keys of one organisation, opened.

    Attributes:
        until: When they must be looked up again.
        used_at: When somebody last asked for them.
    """

    hand: KeysAtHand
    until: float
    used_at: float

    @property
    def keys(self) -> Mapping[UUID, bytes]:
        return self.hand.keys

    @property
    def sealing(self) -> UUID | None:
        return self.hand.sealing


@dataclass(slots=True, kw_only=True)
class Keyring:
    """The ports `Sealer` and `Sealers`.

    The oldest key that was not retired seals: one that was just made is known everywhere before the one before it is
    retired. Opened keys are believed for `recheck_s`; a round renews those in use before that, so that sealing waits
    for nobody. While the database cannot be asked they are not believed any longer: a destroyed key must not live on.
    """

    database: Database
    roots: Roots
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    recheck_s: float = RECHECK_S
    _known: OrderedDict[UUID, Ring] = field(default_factory=OrderedDict[UUID, Ring], repr=False)

    async def seal(self, tenant_id: UUID | None, plain: bytes, *, purpose: str) -> bytes:
        """Seal with the organisation's key, made now if it has none.

        Whoever holds a transaction cannot wait for another that makes a key: what they seal meanwhile is sealed by the
        root key, and soon anew by the organisation's.
        """
        ring = None if tenant_id is None else await self._ring(tenant_id)
        if tenant_id is not None and ring is not None and ring.sealing is None and not self.database.is_held:
            ring = await self.make(tenant_id)
        if tenant_id is None or ring is None or ring.sealing is None:
            return await self.roots.seal(tenant_id, plain, purpose=purpose)
        return ring.hand.seal(plain, purpose=purpose)

    async def bound(self, tenant_id: UUID) -> KeysAtHand:
        """See `Sealers.bound`; gives an organisation its first key. One that is not there has none."""
        ring, now = self._known.get(tenant_id), self.monotonic()
        if ring is None or now >= ring.until:
            ring = await self._ring(tenant_id)
        ring.used_at = now
        if ring.sealing is None and not self.database.is_held:
            ring = await self.make(tenant_id)
        return ring.hand

    async def open(self, tenant_id: UUID | None, sealed: bytes, *, purpose: str) -> bytes:
        """Raises UnsealableError: also once the key was destroyed."""
        if tenant_id is None or self.roots.of(sealed) is not None:
            return await self.roots.open(tenant_id, sealed, purpose=purpose)
        key_id = _envelope().key_id_of(sealed)
        ring = await self._ring(tenant_id)
        if key_id not in ring.keys:  # another replica may have made it just now
            self.forget(tenant_id)
            ring = await self._ring(tenant_id)
        return ring.hand.open(sealed, purpose=purpose)

    async def is_current(self, tenant_id: UUID | None, sealed: bytes) -> bool:
        """Whether it would be sealed with the same key today."""
        ring = None if tenant_id is None else await self._ring(tenant_id)
        wanted = self.roots.current.key_id if ring is None or ring.sealing is None else ring.sealing
        return bool(_envelope().key_id_of(sealed) == wanted)

    async def make(self, tenant_id: UUID) -> Ring:
        """Give an organisation its first key; of replicas that do so at once, one does. Not inside a transaction.

        One that is not there is given none.
        """
        async with self.database.system_transaction() as tx:
            keys = AllDataKeys(tx)
            # Asked for first: whoever makes one after this has the same version, of which there can be but one.
            newest = await keys.newest(tenant_id)
            rows = await keys.whole_of([tenant_id])
            if not any(row.retired_at is None for row in rows):
                await keys.add_for_whoever_is_there(await self.new_row(tenant_id, newest + 1))
                rows = await keys.whole_of([tenant_id])
        return await self._learn(tenant_id, rows, self.monotonic())

    async def new_row(self, tenant_id: UUID, version: int) -> DataKeyRow:
        """A new key, wrapped, not yet kept."""
        wrapped = await self.roots.seal(tenant_id, os.urandom(KEY_BYTES), purpose=WRAPPED)
        return DataKeyRow(
            tenant_id=tenant_id,
            id=new_id(),
            created_at=self.clock(),
            version=version,
            root_key=self.roots.current.name,
            wrapped=wrapped,
        )

    def forget(self, tenant_id: UUID) -> None:
        """Look the keys up again before they are used."""
        self._known.pop(tenant_id, None)

    async def renew(self) -> None:
        """Look up all keys in use, some organisations at a time; those that nobody uses any more are forgotten."""
        in_use_since = self.monotonic() - _IN_USE_S
        for tenant_id in [one for one, ring in self._known.items() if ring.used_at < in_use_since]:
            self.forget(tenant_id)
        tenants = list(self._known)
        for start in range(0, len(tenants), _AT_ONCE):
            lot, asked = tenants[start : start + _AT_ONCE], self.monotonic()
            async with self.database.system_reading() as tx:
                rows = await AllDataKeys(tx).whole_of(lot)
            for tenant_id in lot:
                await self._learn(tenant_id, [row for row in rows if row.tenant_id == tenant_id], asked)

    async def _ring(self, tenant_id: UUID) -> Ring:
        ring, now = self._known.get(tenant_id), self.monotonic()
        if ring is not None:
            ring.used_at = now
            if now < ring.until:
                return ring
        # In a task of its own, since the caller may hold a transaction, of which a task may have but one.
        return await asyncio.create_task(self._look_up(tenant_id))

    async def _look_up(self, tenant_id: UUID) -> Ring:
        asked = self.monotonic()
        async with self.database.system_reading() as tx:
            rows = await AllDataKeys(tx).whole_of([tenant_id])
        return await self._learn(tenant_id, rows, asked)

    async def _learn(self, tenant_id: UUID, rows: Sequence[DataKeyRow], asked: float) -> Ring:
        """Open what is not opened yet, and remember it; what is not among `rows` is forgotten."""
        before = self._known.get(tenant_id)
        opened = dict(before.keys) if before else {}
        keys = {row.id: opened.get(row.id) or await self._unwrapped(row) for row in rows}
        sealing = next((row.id for row in rows if row.retired_at is None), None)
        if before is not None and (before.sealing, before.keys.keys()) == (sealing, keys.keys()):
            hand = before.hand
        else:
            hand = KeysAtHand(tenant_id=tenant_id, keys=keys, sealing=sealing)
        # That there is none is not believed for a moment: the first one may open what another replica just sealed.
        until = asked + self.recheck_s if sealing else asked
        ring = Ring(hand=hand, until=until, used_at=before.used_at if before else asked)
        self._known[tenant_id] = ring
        self._known.move_to_end(tenant_id)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return ring

    async def _unwrapped(self, row: DataKeyRow) -> bytes:
        if row.wrapped is None:
            raise UnsealableError("The key was destroyed.")
        return await self.roots.open(row.tenant_id, row.wrapped, purpose=WRAPPED)


def _envelope() -> ModuleType:
    return import_module("chimera.crypto.envelope")

"""Keys of the caller's organisation: seen, rotated, destroyed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chimera.crypto.receipts import Receipt, receipt_of
from chimera.encryption.errors import NotConfirmedError
from chimera.encryption.keyring import Keyring
from chimera.encryption.repository import ContentResealings, KeptDataKeys, RootKeys
from chimera.encryption.resealing import Resealed, Resealing
from chimera.encryption.tables import ContentResealingRow, DataKeyRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.erasing import MayGo
from chimera.store.recording import Recorder
from chimera.tenancy.permissions import ENCRYPTION_MANAGE, require

# Times of the recheck, after which every replica has looked keys up again.
_KNOWN_AFTER: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """For those who hold `encryption:manage`.

    Attributes:
        may_be_lost: Asked before what is sealed can be read by nobody any more.
        name_of: What the caller's organisation is called, to be typed by whoever destroys its keys.
    """

    database: Database
    keyring: Keyring
    resealing: Resealing
    recorder: Recorder
    may_be_lost: MayGo
    name_of: Callable[[Scope], Awaitable[str]]
    now: Callable[[], datetime] = utc_now
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def keys(self, scope: Scope) -> Sequence[DataKeyRow]:
        """Oldest first, destroyed ones among them. Raises PermissionDeniedError."""
        require(scope, ENCRYPTION_MANAGE)
        async with self.database.reading(scope) as tx:
            return await KeptDataKeys(tx, scope).all()

    async def receipt_keys(self) -> Sequence[str]:
        """Public keys of all receipts that were ever signed here, oldest first."""
        async with self.database.system_reading() as tx:
            return [row.receipt_key for row in await RootKeys(tx).all()]

    async def rotate(self, scope: Scope) -> tuple[Sequence[DataKeyRow], Resealed]:
        """Seal with a new key from now on, and seal anew what the former ones did; those go on opening.

        Takes some seconds: nothing is sealed with the new key before every replica knows it. Secrets are sealed anew
        before this returns, content in the background.

        Raises:
            PermissionDeniedError: if the caller may not manage keys.
        """
        require(scope, ENCRYPTION_MANAGE)
        async with self.database.transaction(scope) as tx:
            kept = KeptDataKeys(tx, scope)
            before = await kept.all()
            row = await self.keyring.new_row(scope.tenant_id, before[-1].version + 1 if before else 1)
            await kept.add(row)
        if any(one.retired_at is None for one in before):
            await self.pause(_KNOWN_AFTER * self.keyring.recheck_s)
        async with self.database.transaction(scope) as tx:
            await KeptDataKeys(tx, scope).retire_before(row.version, self.now())
            await ContentResealings(tx, scope).add(ContentResealingRow(created_at=self.now()))
            told = Act(name="encryption.rotated", target_kind="data_key", target_id=str(row.id))
            await self.recorder.record(tx, scope, told)
        self.keyring.forget(scope.tenant_id)
        resealed = await self.resealing.run(scope.tenant_id)
        return await self.keys(scope), resealed

    async def shred(self, scope: Scope, *, organisation: str) -> Receipt:
        """Destroy all keys of the organisation: nobody reads again what they sealed. Elsewhere within seconds, too.

        Raises:
            PermissionDeniedError: if the caller may not manage keys.
            NotConfirmedError: if the name is not the organisation's.
            AppError: of `may_be_lost`.
        """
        require(scope, ENCRYPTION_MANAGE)
        if organisation != await self.name_of(scope):
            raise NotConfirmedError("Type the name of the organisation whose keys are to be destroyed.", field="name")
        # Nothing of theirs may be left that the root key opens, or that was kept before anything was sealed.
        await self.keyring.make(scope.tenant_id)
        await self.resealing.run(scope.tenant_id)
        async with self.database.reading(scope) as tx:
            is_due = await ContentResealings(tx, scope).count() > 0
        if is_due:
            await self.resealing.content_of(scope.tenant_id)
        moment = self.now()
        async with self.database.transaction(scope) as tx:
            await self.may_be_lost(tx, scope)
            kept = KeptDataKeys(tx, scope)
            whole = [row for row in await kept.all() if row.destroyed_at is None]
            await kept.destroy(moment)
            told = Act(name="encryption.shredded", details={"keys": len(whole)})
            await self.recorder.record(tx, scope, told)
        self.keyring.forget(scope.tenant_id)
        return receipt_of(
            self.keyring.roots.current,
            {
                "statement": "data keys destroyed",
                "tenant_id": str(scope.tenant_id),
                "destroyed_by": str(scope.actor_id),
                "destroyed_at": moment.isoformat(),
                "keys": [str(row.id) for row in whole],
            },
        )

"""The sweeper: removes files whose time is over, and uploads that nobody finished."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chimera.batches.repository import ExpiredFiles, KeptFiles
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.store.erasing import OwnerMayGo
from chimera.store.errors import UnderLegalHoldError

_EVERY_S: Final = 60.0
_AT_ONCE: Final = 100
_LONGEST_UPLOAD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSweeper:
    """Runs on every replica; a file that two of them remove is gone all the same."""

    database: Database
    clock: Callable[[], datetime]
    may_go: OwnerMayGo

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        await rounds(self.sweep, every_s=_EVERY_S, named="files")

    async def sweep(self) -> int:
        """Remove files, but for those that a legal hold keeps; return how many."""
        now, removed = self.clock(), 0
        abandoned_before = now - _LONGEST_UPLOAD
        async with self.database.system_reading() as tx:
            owners = await ExpiredFiles(tx).owners(now, abandoned_before=abandoned_before)
        for tenant_id, owner_id in owners:
            # They were brought by an authenticated caller; removing them is still done on that caller's behalf.
            scope = Scope(tenant_id=tenant_id, actor_id=owner_id, permissions=frozenset())
            with suppress(UnderLegalHoldError):
                lot = _AT_ONCE
                while lot == _AT_ONCE:
                    async with self.database.transaction(scope) as tx:
                        await self.may_go(tx, scope, owner_id)
                        files = KeptFiles(tx, scope)
                        lot = await files.remove_expired(now, abandoned_before=abandoned_before, limit=_AT_ONCE)
                    removed += lot
        return removed

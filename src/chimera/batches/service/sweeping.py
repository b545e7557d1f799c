"""The sweeper: removes files whose time is over, and uploads that nobody finished."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chimera.batches.repository import ExpiredFiles, KeptFiles
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import Database

_EVERY_S: Final = 60.0
_AT_ONCE: Final = 100
_LONGEST_UPLOAD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSweeper:
    """Runs on every replica; a file that two of them remove is gone all the same."""

    database: Database
    clock: Callable[[], datetime]

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        await rounds(self._sweep_all, every_s=_EVERY_S, named="files")

    async def _sweep_all(self) -> None:
        while await self.sweep() == _AT_ONCE:
            pass

    async def sweep(self) -> int:
        """Remove some files; return how many were found."""
        now = self.clock()
        async with self.database.system_reading() as tx:
            found = await ExpiredFiles(tx).at(now, abandoned_before=now - _LONGEST_UPLOAD, limit=_AT_ONCE)
        for file in found:
            # It was brought by an authenticated caller; removing it is still done on that caller's behalf.
            scope = Scope(tenant_id=file.tenant_id, actor_id=file.owner_id, permissions=frozenset())
            async with self.database.transaction(scope) as tx:
                await KeptFiles(tx, scope).delete(file.id)
        return len(found)

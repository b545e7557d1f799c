"""The sweeper: removes files whose time is over, and uploads that nobody finished."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chimera.batches.repository import ExpiredFiles, KeptFiles
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError

log = structlog.get_logger()

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
        while True:
            try:
                while await self.sweep() == _AT_ONCE:
                    pass
            except DatabaseUnavailableError:
                log.warning("files.database_unavailable")
            except Exception:  # the outermost edge of this task; the next sweep tries again
                log.exception("files.sweep_failed")
            await asyncio.sleep(_EVERY_S)

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

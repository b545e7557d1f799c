"""The reaper: ends responses whose writers died, and deletes what has been kept long enough."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.responses.repository import KeptResponses, SilentResponses
from chimera.responses.service.desk import INTERRUPTED, Desk, Takeover
from chimera.responses.states import ResponseStatus
from chimera.responses.tables import ResponseRow
from chimera.responses.waking import events_topic
from chimera.store import DatabaseUnavailableError
from chimera.store.errors import UnderLegalHoldError

log = structlog.get_logger()

BATCH: Final = 100
_EXPIRED_EVERY_S: Final = 60.0
LOST: Final = Takeover(status=ResponseStatus.FAILED, error=INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaper:
    """Runs on every replica. For each response exactly one of them succeeds.

    Attributes:
        dead_before: Writers that were not seen since are known to be dead, however short that is ago.
    """

    desk: Desk
    dead_before: datetime | None = None

    async def run(self) -> None:
        """Sweep at once and then again and again, until cancelled."""
        known_dead = self.dead_before

        async def reap() -> None:
            nonlocal known_dead
            await self.sweep(known_dead)
            known_dead = None

        async with asyncio.TaskGroup() as group:
            group.create_task(rounds(self.remove_expired, every_s=_EXPIRED_EVERY_S, named="expired responses"))
            await rounds(reap, every_s=self.desk.pace.stale_s / 3, named="responses")

    async def sweep(self, moment: datetime | None = None) -> int:
        """End every response whose writer was not seen since then, or for `pace.stale_s`; return how many we ended."""
        if moment is None:
            moment = self.desk.clock() - timedelta(seconds=self.desk.pace.stale_s)
        async with self.desk.database.system_reading() as tx:
            found = await SilentResponses(tx).since(moment, limit=BATCH)
        ended = 0
        for row in found:
            try:
                ended += await self._reap(row, moment)
            except DatabaseUnavailableError:
                raise
            except Exception:  # one that cannot be ended must not keep the others from it
                log.exception("response.not_reaped", response_id=str(row.id))
        return ended

    async def remove_expired(self) -> int:
        """Delete what has expired, but for what a legal hold keeps; return how many responses that were."""
        now, removed = self.desk.clock(), 0
        async with self.desk.database.system_reading() as tx:
            owners = await SilentResponses(tx).owners_of_expired(now)
        for tenant_id, owner_id in owners:
            # They were asked for by an authenticated caller; deleting them is still done on that caller's behalf.
            scope = Scope(tenant_id=tenant_id, actor_id=owner_id, permissions=frozenset())
            with suppress(UnderLegalHoldError):
                batch = BATCH
                while batch == BATCH:
                    async with self.desk.database.transaction(scope) as tx:
                        await self.desk.may_go(tx, scope, owner_id)
                        batch = await KeptResponses(tx, scope).remove_expired(now, limit=BATCH)
                    removed += batch
        return removed

    async def _reap(self, silent: ResponseRow, moment: datetime) -> bool:
        # The response was begun by an authenticated caller; ending it is still done on that caller's behalf.
        scope = Scope(tenant_id=silent.tenant_id, actor_id=silent.owner_id, permissions=frozenset())
        async with self.desk.database.transaction(scope) as tx:
            row = await KeptResponses(tx, scope).silent_since(silent.id, moment)
            if row is None or await LOST.take(tx, scope, row, self.desk.clock()) is None:
                return False
        log.warning("response.reaped", response_id=str(row.id), replica=row.replica)
        await self.desk.bus.publish(events_topic(row.id))
        return True

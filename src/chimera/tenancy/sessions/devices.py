"""The sessions of a user, as a list of devices: shown, and ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.errors import SessionNotFoundError
from chimera.tenancy.sessions.identity import Device
from chimera.tenancy.sessions.repository import Sessions
from chimera.tenancy.sessions.tables import SessionRow

# More than anybody uses at once; who has more ends them all.
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Of the caller in the organisation in which they act; sessions elsewhere are not this organisation's to show.

    Attributes:
        on_revoked: Called when a session ended before its time, so that this replica forgets it at once.
    """

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def list(self, scope: Scope) -> Sequence[Device]:
        """Those that have not ended, the last used first."""
        async with self.database.reading(scope) as tx:
            rows = await Sessions(tx, scope).live_of(scope.actor_id, self.now(), most=MOST_SHOWN)
        return [device(row, scope) for row in rows]

    async def end(self, scope: Scope, id: UUID) -> None:
        """End one of the caller's own: here at once, elsewhere within seconds.

        Raises:
            SessionNotFoundError: if the caller has none of this id.
        """
        async with self.database.transaction(scope) as tx:
            if not await Sessions(tx, scope).end_one(scope.actor_id, id):
                raise SessionNotFoundError("There is no such session.")
            await self.recorder.record(tx, scope, Act(name="session.ended", target_kind="session", target_id=str(id)))
        self.on_revoked()

    async def end_others(self, scope: Scope) -> None:
        """End all of the caller's own but the one that asks; all, where a key asks."""
        async with self.database.transaction(scope) as tx:
            ended = await Sessions(tx, scope).end_of(scope.actor_id, but=scope.session_id)
            act = Act(
                name="sessions.ended", target_kind="user", target_id=str(scope.actor_id), details={"count": ended}
            )
            await self.recorder.record(tx, scope, act)
        self.on_revoked()


def device(row: SessionRow, scope: Scope) -> Device:
    return Device(
        id=row.id,
        method=row.method,
        address=row.address or "",
        user_agent=row.user_agent or "",
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        is_this_one=row.id == scope.session_id,
    )

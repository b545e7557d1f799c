"""Erasures: led on in lots by one replica under a lease, by another if that one dies, and proved by a receipt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.keeping.holding import Holds, checked
from chimera.crypto.receipts import receipt_of
from chimera.crypto.root import RootSealer
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.privacy.errors import DataRequestNotFoundError
from chimera.privacy.exporting import is_known
from chimera.privacy.holding import StandingHolds
from chimera.privacy.inventory import INVENTORY
from chimera.privacy.repository import DONE, ERASURE, RUNNING, STOPPED, AllRequests, KeptHolds, KeptRequests
from chimera.privacy.tables import DataRequestRow
from chimera.store import Database, Page
from chimera.store.errors import UnderLegalHoldError
from chimera.store.personal import PersonalRows
from chimera.store.recording import Recorder
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.permissions import PRIVACY_MANAGE, require
from chimera.tenancy.personal import Departure

log = structlog.get_logger()

_LEASE: Final = timedelta(seconds=30)
# Whoever was just removed may have an answer under way, which is written down at its end.
_SETTLES: Final = timedelta(seconds=15)
_LOT: Final = 200
_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """For those who hold `privacy:manage`.

    Attributes:
        signer: Signs receipts.
        settles: How long something of theirs may still be written after they were removed.
    """

    database: Database
    departure: Departure
    recorder: Recorder
    signer: RootSealer
    settles: timedelta = _SETTLES
    lot: int = _LOT
    holds: Holds = field(default_factory=StandingHolds)
    now: Callable[[], datetime] = utc_now

    async def begin(self, scope: Scope, user_id: UUID) -> DataRequestRow:
        """Remove a user, and begin to erase what they wrote. One that runs already is answered instead.

        Raises:
            PermissionDeniedError: if the caller may not, or the user may do more than the caller.
            UserNotFoundError: if there is neither such a user nor anything of theirs.
            UnderLegalHoldError: if what is theirs must be kept.
            LastOwnerError: if nobody else is an owner.
        """
        require(scope, PRIVACY_MANAGE)
        if not await is_known(self.database, self.departure, scope, user_id):
            raise UserNotFoundError("There is no such user.")
        async with self.database.reading(scope) as tx:
            running = await KeptRequests(tx, scope).running_of(user_id)
            if await KeptHolds(tx, scope).binds(user_id):
                raise UnderLegalHoldError("A legal hold stands. Release it first.")
        await self.departure.leave(scope, user_id)
        if running is not None:
            return running
        moment = self.now()
        row = DataRequestRow(
            kind=ERASURE,
            user_id=user_id,
            requested_by=scope.actor_id,
            state=RUNNING,
            due_at=moment,
            counts={},
            receipt="",
            key_name="",
            signature="",
            created_at=moment,
        )
        async with self.database.transaction(scope) as tx:
            await KeptRequests(tx, scope).add(row)
            told = Act(name="privacy.erasure_begun", target_kind="user", target_id=str(user_id))
            await self.recorder.record(tx, scope, told)
        return row

    async def get(self, scope: Scope, id: UUID) -> DataRequestRow:
        """Raises PermissionDeniedError, DataRequestNotFoundError."""
        require(scope, PRIVACY_MANAGE)
        async with self.database.reading(scope) as tx:
            row = await KeptRequests(tx, scope).get(id)
        if row is None or row.kind != ERASURE:
            raise DataRequestNotFoundError("There is no such request.")
        return row

    async def recent(self, scope: Scope, *, cursor: str | None, limit: int) -> Page[DataRequestRow]:
        """Newest first. Raises PermissionDeniedError, InvalidRequestError for a cursor that is none of ours."""
        require(scope, PRIVACY_MANAGE)
        async with self.database.reading(scope) as tx:
            return await KeptRequests(tx, scope).recent(kind=ERASURE, cursor=cursor, limit=limit)

    async def lead_on(self) -> int:
        """A round: go on with erasures that nobody leads; tell how many."""
        async with self.database.system_reading() as tx:
            due = await AllRequests(tx).due(self.now(), limit=_AT_ONCE)
        taken = 0
        for row in due:
            async with self.database.system_transaction() as tx:
                mine = await AllRequests(tx).take(row, self.now() + _LEASE)
            if mine:
                taken += 1
                await self._go_on(row)
        return taken

    async def _go_on(self, row: DataRequestRow) -> None:
        scope = Scope(tenant_id=row.tenant_id, actor_id=row.requested_by, permissions=frozenset())
        begun, counts = self.now(), dict(row.counts)
        for personal in INVENTORY:
            erased = self.lot if personal.fate == "erased" else 0
            while erased == self.lot:
                async with self.database.transaction(scope) as tx:
                    await checked(tx, scope, self.holds)
                    if await KeptHolds(tx, scope).binds(row.user_id):
                        await KeptRequests(tx, scope).finish(row.id, state=STOPPED, done_at=self.now())
                        return
                    erased = await PersonalRows(tx, scope, personal).erase(row.user_id, limit=self.lot)
                    if erased:
                        counts[personal.name] = counts.get(personal.name, 0) + erased
                    if not await KeptRequests(tx, scope).go_on(row.id, counts=counts, due_at=self.now() + _LEASE):
                        return
        settled = row.created_at + self.settles
        if begun < settled:
            async with self.database.transaction(scope) as tx:
                await KeptRequests(tx, scope).go_on(row.id, counts=counts, due_at=settled)
            return
        await self._finish(scope, row, counts)

    async def _finish(self, scope: Scope, row: DataRequestRow, counts: dict[str, int]) -> None:
        moment = self.now()
        kept: Sequence[str] = sorted({one.name for one in INVENTORY if one.fate == "kept"})
        receipt = receipt_of(
            self.signer,
            {
                "statement": "personal data erased",
                "request_id": str(row.id),
                "tenant_id": str(row.tenant_id),
                "user_id": str(row.user_id),
                "requested_by": str(row.requested_by),
                "erased_at": moment.isoformat(),
                "erased": counts,
                "kept": list(kept),
            },
        )
        values = {"state": DONE, "done_at": moment, "receipt": receipt.text, "key_name": receipt.key}
        async with self.database.transaction(scope) as tx:
            if await KeptRequests(tx, scope).finish(row.id, **values, signature=receipt.signature):
                told = Act(name="privacy.erased", target_kind="user", target_id=str(row.user_id), details=dict(counts))
                await self.recorder.record(tx, scope, told)
        log.info("privacy.erased", tenant=str(row.tenant_id), rows=sum(counts.values()))

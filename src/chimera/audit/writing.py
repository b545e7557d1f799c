"""Adding to the trail: acts of administration in the transactions that do them, all else together, in rounds."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Never, TypeAlias
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter

from chimera.audit.chain import End, Note, continued
from chimera.audit.repository import Chains, Entries
from chimera.kit.clock import utc_now
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, whence
from chimera.store import Database, DatabaseUnavailableError
from chimera.store.database import Transaction

log = structlog.get_logger()

ROUND_S: Final = 0.8
_MOST_WAITING: Final = 50_000
_LOT: Final = 250
_TENANTS: Final = 50
_NOBODY: Final = UUID(int=0)

_Sitting: TypeAlias = list[tuple[UUID, list[Note]]]


class TrailMetrics:
    """Instruments, registered with `registry` once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.entries = Counter("chimera_audit_entries", "Entries added to trails, by way.", ("way",), registry=registry)
        self.dropped = Counter("chimera_audit_dropped", "Notes that found no room while waiting.", registry=registry)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRecorder:
    """The port `Recorder`."""

    metrics: TrailMetrics
    clock: Callable[[], datetime] = utc_now

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        """Add the act to the tenant's chain; see `Recorder.record`."""
        await _append(tx, scope, [Note(scope, placed(act), self.clock())])
        self.metrics.entries.labels("recorded").inc()


@dataclass(slots=True, kw_only=True, eq=False)
class NotedTrail:
    """The port `Trail`: notes wait in memory until a round writes them.

    Of more than can wait the new ones are dropped; how many is counted, and written when there is room.

    Attributes:
        sources: Asked before each round for what they have not noted yet.
    """

    database: Database
    metrics: TrailMetrics
    clock: Callable[[], datetime] = utc_now
    most: int = _MOST_WAITING
    sources: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])
    _waiting: deque[Note] = field(default_factory=deque[Note])
    _dropped: dict[UUID, int] = field(default_factory=dict[UUID, int])

    def note(self, scope: Scope, act: Act) -> None:
        """See `Trail.note`."""
        if len(self._waiting) >= self.most:
            self._dropped[scope.tenant_id] = self._dropped.get(scope.tenant_id, 0) + 1
            self.metrics.dropped.inc()
            return
        self._waiting.append(Note(scope, act, self.clock()))

    async def run(self) -> Never:
        """Write every second, until cancelled."""
        await rounds(self.flush, every_s=ROUND_S, named="audit")

    async def flush(self) -> None:
        """Write what waits now.

        Raises:
            DatabaseUnavailableError: if it cannot be written; then it goes on waiting.
        """
        for note_more in self.sources:
            await note_more()
        taken = sorted(self._taken().items())
        waiting: list[_Sitting] = [taken[at : at + _TENANTS] for at in range(0, len(taken), _TENANTS)]
        while waiting:
            sitting = waiting.pop(0)
            try:
                await self._write(sitting)
            except DatabaseUnavailableError:
                kept = [note for one in (sitting, *waiting) for _, notes in one for note in notes]
                self._waiting.extendleft(reversed(kept))
                raise
            except Exception:  # what cannot be written for one organisation must not keep the others' from it
                log.exception("audit.refused", organisations=len(sitting))
                if len(sitting) > 1:
                    waiting += [[one] for one in sitting]
                else:
                    self._lose(*sitting[0])

    async def drain(self) -> None:
        """Write the last ones, at the end."""
        try:
            await self.flush()
        except DatabaseUnavailableError:
            log.warning("audit.left_unwritten", entries=len(self._waiting))

    async def _write(self, sitting: _Sitting) -> None:
        """One transaction. Chains are locked in the order of their ids, so replicas do not wait for each other."""
        async with self.database.system_transaction() as tx:
            for _, notes in sitting:
                for start in range(0, len(notes), _LOT):
                    await _append(tx, notes[0].scope, notes[start : start + _LOT])
        self.metrics.entries.labels("noted").inc(sum(len(notes) for _, notes in sitting))

    def _lose(self, tenant_id: UUID, notes: Sequence[Note]) -> None:
        self._dropped[tenant_id] = self._dropped.get(tenant_id, 0) + len(notes)
        self.metrics.dropped.inc(len(notes))

    def _taken(self) -> dict[UUID, list[Note]]:
        waiting, self._waiting = self._waiting, deque()
        dropped, self._dropped = self._dropped, {}
        by_tenant: dict[UUID, list[Note]] = {}
        for note in waiting:
            by_tenant.setdefault(note.scope.tenant_id, []).append(note)
        for tenant_id, count in dropped.items():
            scope = Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset())
            act = Act(name="trail.dropped", outcome="no_room", details={"notes": count})
            by_tenant.setdefault(tenant_id, []).append(Note(scope, act, self.clock()))
        return by_tenant


async def _append(tx: Transaction, scope: Scope, notes: Sequence[Note]) -> None:
    chains = Chains(tx, scope)
    entries = continued(await chains.locked_end(), scope.tenant_id, notes)
    await Entries(tx, scope).append(entries)
    await chains.advance(End(entries[-1].number, entries[-1].hash))


def placed(act: Act) -> Act:
    """The act with what is known of the request that it belongs to."""
    origin = whence.get()
    if origin is None or (act.address and act.request_id):
        return act
    return Act(
        name=act.name,
        outcome=act.outcome,
        target_kind=act.target_kind,
        target_id=act.target_id,
        address=act.address or origin.address,
        request_id=act.request_id or origin.request_id,
        details=act.details,
    )

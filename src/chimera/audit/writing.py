"""Adding to the trail: acts of administration in the transactions that do them, all else together, in rounds."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Never, Protocol
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter

from chimera.audit.chain import End, Note, by_tenant, continued
from chimera.audit.repository import Chains, Entries
from chimera.kit.clock import utc_now
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, whence
from chimera.store import DatabaseUnavailableError
from chimera.store.database import Transaction

log = structlog.get_logger()

ROUND_S: Final = 0.8
_MOST_WAITING: Final = 50_000
_BREATH_S: Final = 0.005
_NOBODY: Final = UUID(int=0)


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


class Pen(Protocol):
    """Writes notes into the database.

    Attributes:
        most: So many at once, at most.
    """

    @property
    def most(self) -> int: ...

    async def write(self, notes: Sequence[Note]) -> None:
        """Add them to the chains of their organisations, all or none.

        Raises:
            DatabaseUnavailableError: if they cannot be written now.
        """
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class NotedTrail:
    """The port `Trail`: notes wait in memory until a round writes them.

    Of more than can wait the new ones are dropped; how many is counted, and written when there is room.

    Attributes:
        sources: Asked before each round for what they have not noted yet.
    """

    pen: Pen
    metrics: TrailMetrics
    clock: Callable[[], datetime] = utc_now
    most: int = _MOST_WAITING
    sources: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])
    _waiting: deque[Note] = field(default_factory=deque[Note])
    _dropped: dict[UUID, int] = field(default_factory=dict[UUID, int])
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

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
        """Write what waits now; one round after the other, so that all is there when it returns.

        Raises:
            DatabaseUnavailableError: if it cannot be written; then it goes on waiting.
        """
        async with self._writing:
            for note_more in self.sources:
                await note_more()
            await self._write(self._taken())

    async def _write(self, taken: Sequence[Note]) -> None:
        lots = [taken[at : at + self.pen.most] for at in range(0, len(taken), self.pen.most)]
        while lots:
            lot = lots.pop(0)
            try:
                await self.pen.write(lot)
                self.metrics.entries.labels("noted").inc(len(lot))
            except DatabaseUnavailableError:
                self._waiting.extendleft(note for one in reversed((lot, *lots)) for note in reversed(one))
                raise
            except Exception:  # what cannot be written must not keep all else from it
                log.exception("audit.refused", notes=len(lot))
                if len(lot) > 1:
                    lots += [[note] for note in lot]
                else:
                    self._lose(lot[0])
            if lots:
                await asyncio.sleep(_BREATH_S)

    async def drain(self) -> None:
        """Write the last ones, at the end."""
        try:
            await self.flush()
        except DatabaseUnavailableError:
            log.warning("audit.left_unwritten", entries=len(self._waiting))

    def _lose(self, note: Note) -> None:
        self._dropped[note.scope.tenant_id] = self._dropped.get(note.scope.tenant_id, 0) + 1
        self.metrics.dropped.inc()

    def _taken(self) -> list[Note]:
        """All that waits, the notes of an organisation together, so that few lots have many organisations."""
        waiting, self._waiting = self._waiting, deque()
        dropped, self._dropped = self._dropped, {}
        for tenant_id, count in dropped.items():
            scope = Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset())
            act = Act(name="trail.dropped", outcome="no_room", details={"notes": count})
            waiting.append(Note(scope, act, self.clock()))
        return [note for _, theirs in by_tenant(waiting) for note in theirs]


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

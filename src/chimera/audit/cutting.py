"""Letting the beginning of a chain go when its organisation keeps it no longer: below a checkpoint, and never unsigned.

A statement of what was removed is signed and kept, in the same transaction and outside: the chain begins after it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from chimera.audit.chain import End, Entry, hash_of
from chimera.audit.checkpoints import Checkpoint, CheckpointSink, Notary, checkpoint_of
from chimera.audit.repository import Chains, Checkpoints, Cuts, Entries, entry_of
from chimera.audit.succession import keys_of_the_house
from chimera.audit.tables import AuditCutRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database, Transaction

log = structlog.get_logger()

_LOT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """Removes entries that are too old, in lots, each in one transaction in which nobody adds to the chain."""

    database: Database
    notary: Notary
    sinks: Sequence[CheckpointSink]
    trail: Trail
    lot: int = _LOT
    clock: Callable[[], datetime] = utc_now

    async def count(self, scope: Scope, before: datetime) -> int:
        """How many entries are older."""
        async with self.database.reading(scope) as tx:
            return await Entries(tx, scope).count_before(before)

    async def cut(self, scope: Scope, before: datetime) -> int:
        """Remove what is older and lies below a checkpoint; tell how many entries.

        Nothing goes that is not as it was written, so that no trace of who changed it is lost.

        Raises:
            DatabaseUnavailableError: if it cannot be done now; what was removed until then stays so.
        """
        keys = frozenset(await keys_of_the_house(self.database, self.notary))
        removed, made = 0, None
        while True:
            async with self.database.transaction(scope) as tx:
                await Chains(tx, scope).locked_end()
                entries = await self._old(tx, scope, before, keys)
                if not entries:
                    break
                made = self.notary.cut(scope.tenant_id, End(entries[-1].number, entries[-1].hash), self.clock())
                await Cuts(tx, scope).add(_row(made))
                await Entries(tx, scope).remove_up_to(made.number)
            removed += len(entries)
        if made is not None:
            await self._tell(scope, made, removed)
        return removed

    async def _old(self, tx: Transaction, scope: Scope, before: datetime, keys: frozenset[str]) -> Sequence[Entry]:
        """The next entries that may go."""
        last_cut = await Cuts(tx, scope).last()
        begin = End() if last_cut is None else End(last_cut.number, last_cut.hash)
        rows = await Entries(tx, scope).after(begin.number)
        entries = [entry_of(row) for row in rows[: self.lot]]
        tx.expunge_all()
        if not entries or entries[0].created_at >= before:
            return ()
        found = await Checkpoints(tx, scope).near(begin.number, entries[-1].number)
        stated = {one.number: one.hash for row in found if (one := _genuine(checkpoint_of(row), keys))}
        old: list[Entry] = []
        end = begin
        for entry in entries:
            if entry.created_at >= before or entry.number > max(stated, default=0):
                break
            is_next = entry.number == end.number + 1 and entry.previous_hash == end.hash
            if not is_next or hash_of(entry) != entry.hash or stated.get(entry.number, entry.hash) != entry.hash:
                log.error("audit.not_cut", tenant=str(scope.tenant_id), number=entry.number)
                return ()
            end = End(entry.number, entry.hash)
            old.append(entry)
        return old

    async def _tell(self, scope: Scope, made: Checkpoint, removed: int) -> None:
        self.trail.note(scope, Act(name="trail.shortened", details={"up_to": made.number, "entries": removed}))
        for sink in self.sinks:
            try:
                await sink.keep(made)
            except OSError as error:
                log.warning("audit.checkpoint_not_kept", sink=type(sink).__name__, cause=error.strerror)


def _genuine(one: Checkpoint | None, keys: frozenset[str]) -> Checkpoint | None:
    return one if one is not None and one.public_key in keys and one.is_genuine else None


def _row(made: Checkpoint) -> AuditCutRow:
    return AuditCutRow(
        number=made.number, hash=made.hash, text=made.text, key_name=made.public_key, signature=made.signature
    )

"""Reading the trail: pages, files, and proof. Whoever reads it stands in it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chimera.audit.chain import Entry
from chimera.audit.checkpoints import Checkpoint, Notary, checkpoint_of
from chimera.audit.exporting import csv_head, csv_line, jsonl_checkpoint, jsonl_entry
from chimera.audit.repository import Checkpoints, Cuts, Entries, Filter, entry_of
from chimera.audit.succession import keys_of_the_house
from chimera.audit.tables import AuditCheckpointRow, AuditCutRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database

Format = Literal["jsonl", "csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Entries, newest first, and where the next ones begin."""

    entries: Sequence[Entry]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """The trail of the caller's organisation, for those who may read it."""

    database: Database
    notary: Notary
    trail: Trail
    clock: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, wanted: Filter, *, cursor: str | None, limit: int) -> EntryPage:
        """Newest first. Raises InvalidRequestError if the cursor is none of ours."""
        async with self.database.reading(scope) as tx:
            found = await Entries(tx, scope).recent(wanted, cursor=cursor, limit=limit)
        self.trail.note(scope, Act(name="audit.read", details={"entries": len(found.rows)}))
        return EntryPage(entries=[entry_of(row) for row in found.rows], next_cursor=found.next_cursor)

    async def export(self, scope: Scope, wanted: Filter, format: Format) -> AsyncGenerator[str]:
        """The whole of it as lines, oldest first; as JSON Lines with its checkpoints, so that it proves itself."""
        self.trail.note(scope, Act(name="audit.exported", details={"format": format}))
        if format == "csv":
            yield csv_head()
        number = 0
        while True:
            async with self.database.reading(scope) as tx:
                rows = await Entries(tx, scope).after(number, wanted)
            if not rows:
                break
            number = rows[-1].number
            entries = [entry_of(row) for row in rows]
            yield "".join(jsonl_entry(entry) if format == "jsonl" else csv_line(entry) for entry in entries)
        if format == "jsonl":
            for one in await self.checkpoints(scope):
                yield jsonl_checkpoint(one)

    async def keys(self) -> Sequence[str]:
        """Public keys of checkpoints: the one that signs now, and those before it."""
        return await keys_of_the_house(self.database, self.notary)

    async def checkpoints(self, scope: Scope) -> Sequence[Checkpoint]:
        """All that can be read as such, oldest first, and after them the statements of what was removed."""
        async with self.database.reading(scope) as tx:
            rows: list[AuditCheckpointRow | AuditCutRow] = [
                *await Checkpoints(tx, scope).all(),
                *await Cuts(tx, scope).all(),
            ]
        return [one for row in rows if (one := checkpoint_of(row)) is not None]

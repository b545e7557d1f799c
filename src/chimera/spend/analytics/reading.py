"""The ledger line by line: by the page, and streamed as a file that is never whole in anybody's memory."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from uuid import UUID

from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.kit.sheets import csv_rows, harmless
from chimera.kit.trail import Act, Trail, Unwritten
from chimera.spend.analytics.repository import UsageEntries
from chimera.spend.analytics.sums import Wanted
from chimera.spend.tables import EntryRow
from chimera.store import Database

Format: TypeAlias = Literal["csv", "jsonl"]
COLUMNS: Final = (
    "id", "at", "written_at", "call_id", "attempt", "user_id", "key_id", "team_ids", "conversation_id", "feature",
    "request_id", "provider", "model", "asked_model", "outcome", "measured", "adjusts", "input_tokens",
    "output_tokens", "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "cost_usd",
    "saved_usd", "price", "duration_ms", "first_token_ms",
)  # fmt: skip
_AT_ONCE: Final = 1000
_TEXTS: Final = frozenset({"feature", "request_id", "provider", "model", "asked_model", "outcome", "price"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Reads only.

    Attributes:
        trail: Told of each export.
    """

    database: Database
    trail: Trail = field(default_factory=Unwritten)

    async def page(
        self, scope: Scope, wanted: Wanted, *, after: UUID | None, limit: int
    ) -> tuple[Sequence[EntryRow], UUID | None]:
        """The next entries, oldest first, and after which one to go on; `None` where those were the last."""
        async with self.database.reading(scope) as tx:
            entries = UsageEntries(tx, scope)
            rows = await entries.after(entries.wanted(wanted), after, limit=limit + 1)
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    async def export(self, scope: Scope, wanted: Wanted, format: Format) -> AsyncGenerator[bytes]:
        """The same, all of it, as the pieces of a file. No transaction is open while its reader is slow."""
        self.trail.note(scope, Act(name="ledger.exported", details={"format": format}))
        if format == "csv":
            yield csv_rows([COLUMNS]).encode()
        after: UUID | None = None
        while True:
            rows, after = await self.page(scope, wanted, after=after, limit=_AT_ONCE)
            lines = [told(row) for row in rows]
            if lines and format == "csv":
                yield csv_rows([_cell(name, line[name]) for name in COLUMNS] for line in lines).encode()
            elif lines:
                yield "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()
            if after is None:
                return


def told(row: EntryRow) -> dict[str, object]:
    """An entry as it is shown, by `COLUMNS`."""
    return {
        "id": str(row.id),
        "at": row.held_at.isoformat().replace("+00:00", "Z"),
        "written_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "call_id": str(row.call_id),
        "attempt": row.attempt,
        "user_id": str(row.actor_id),
        "key_id": _id(row.key_id),
        "team_ids": row.team_ids.split(),
        "conversation_id": _id(row.conversation_id),
        "adjusts": _id(row.adjusts),
        "cost_usd": None if row.cost_nusd is None else usd(row.cost_nusd),
        "saved_usd": usd(row.saved_nusd),
    } | {
        name: getattr(row, name)
        for name in COLUMNS
        if name.endswith(("_tokens", "_ms")) or name in _TEXTS or name == "measured"
    }


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _cell(name: str, value: object) -> str:
    text = "" if value is None else " ".join(value) if isinstance(value, list) else str(value)
    return harmless(text) if name in _TEXTS else text

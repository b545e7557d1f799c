"""Portions on SQLite: all that came while others were being written, in one visit to the connection's thread.

Each transaction of its own would wait for all the others, and cost several visits: so the more turns are written at
once, the longer a crash would reach back.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias, cast

from chimera.conversations.journal import encode_entry
from chimera.conversations.journals.portion import Portion
from chimera.conversations.states import TurnStatus
from chimera.conversations.tables import MessageRow, TurnEventRow
from chimera.kit.clock import utc_now
from chimera.store import Database, DatabaseUnavailableError, SealedText
from chimera.store.sqlite.rows import text_of

Values: TypeAlias = tuple[object, ...]

_PAYLOAD: Final = cast("SealedText", TurnEventRow.__table__.c.payload.type)
_PARTS: Final = cast("SealedText", MessageRow.__table__.c.parts.type)
# Each begins with the tenant.
_HELD: Final = f"tenant_id = ? AND id = ? AND status = '{TurnStatus.RUNNING.value}' AND fence = ?"
_HOLD: Final = f"SELECT stop_requested FROM turns WHERE {_HELD}"  # noqa: S608  # constants
_BEAT: Final = f"UPDATE turns SET heartbeat_at = ? WHERE {_HELD}"  # noqa: S608  # constants
_APPEND: Final = (
    "INSERT INTO turn_events (tenant_id, turn_id, seq, created_at, payload) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_SHOW: Final = "UPDATE messages SET parts = ? WHERE tenant_id = ? AND id = ?"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lines:
    """A portion as SQLite keeps it: what there is to do for a turn that is held."""

    held: Values
    then: Sequence[tuple[str, Values]]
    kept: "asyncio.Future[bool | None]"


@dataclass(frozen=True, slots=True)
class JournalsTogether:
    """See `Journals`. Whoever has the turn writes for all who wait."""

    database: Database
    _waiting: list[_Lines] = field(default_factory=list[_Lines])
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, portion: Portion) -> bool | None:
        lines = await self._lines(portion)
        self._waiting.append(lines)
        try:
            async with self._turn:
                if not lines.kept.done():
                    await self._write()
        finally:
            if lines in self._waiting:  # cancelled, so that nobody waits for it
                self._waiting.remove(lines)
        stop = lines.kept.result()
        if (on_disk := self.database.on_disk()) is not None:
            await asyncio.shield(on_disk)
        return stop

    async def _write(self) -> None:
        together = list(self._waiting)
        self._waiting.clear()
        try:
            stops = await self.database.visit_lightly(partial(_carry_out, together))
        except DatabaseUnavailableError as error:
            for lines in together:
                lines.kept.set_exception(error)
                lines.kept.exception()  # whoever was cancelled does not ask
        except BaseException:
            self._waiting[:0] = together  # whoever has the turn next, who may be better off
            raise
        else:
            for lines, stop in zip(together, stops, strict=True):
                lines.kept.set_result(stop)

    async def _lines(self, portion: Portion) -> _Lines:
        """Seal it with the keys of whose it is."""
        tenant, turn = portion.scope.tenant_id.hex, portion.turn_id.hex
        held = (tenant, turn, portion.fence)
        then = list[tuple[str, Values]]()
        if portion.seen_at is not None:
            then.append((_BEAT, (text_of(portion.seen_at), *held)))
        now = text_of(utc_now())
        with await self.database.sealing(portion.scope):
            for entry in portion.entries:
                then.append((_APPEND, (tenant, turn, entry.seq, now, _PAYLOAD.sealed(encode_entry(entry.entry)))))
            if portion.message is not None:
                message_id, parts = portion.message
                then.append((_SHOW, (_PARTS.sealed(parts), tenant, message_id.hex)))
        return _Lines(held=held, then=then, kept=asyncio.get_running_loop().create_future())


def _carry_out(together: Sequence[_Lines], connection: sqlite3.Connection) -> list[bool | None]:
    return [_stop(connection, lines) for lines in together]


def _stop(connection: sqlite3.Connection, lines: _Lines) -> bool | None:
    found = connection.execute(_HOLD, lines.held).fetchone()
    if found is None:
        return None
    for statement, values in lines.then:
        connection.execute(statement, values)
    return bool(found[0])

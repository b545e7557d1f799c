"""All that is kept of a person, as a ZIP file: data as JSON Lines, conversations to be read, files as they came."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.privacy.archive import Archive
from chimera.privacy.inventory import INVENTORY
from chimera.privacy.repository import DONE, EXPORT, KeptRequests
from chimera.privacy.tables import DataRequestRow
from chimera.store import Database, TenantTable, Transaction
from chimera.store.columns.sealed import LOST, lost_told
from chimera.store.personal import Part, Personal, PersonalRows, Told, lost_in, plain
from chimera.store.recording import Recorder
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.permissions import PRIVACY_MANAGE, require
from chimera.tenancy.personal import Departure

_LOT: Final = 50
_CHUNKS: Final = 8


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """A part, and what it belongs to."""

    personal: Personal
    part: Part


@dataclass(slots=True)
class _Lines:
    """Lines of one table, gathered until they are written; lots of a table are files of their own.

    Attributes:
        counts: Rows by table.
        lost: Rows, pieces of files too, by table, of which something was lost with a key.
    """

    archive: Archive
    counts: Counter[str] = field(default_factory=Counter[str])
    lost: Counter[str] = field(default_factory=Counter[str])

    def put(self, name: str, number: int, told: Sequence[Told]) -> None:
        lines = (json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in told)
        self.archive.put(f"data/{name}-{number:05}.jsonl", *lines)
        self.counts[name] += len(told)

    def note_lost(self, name: str, told: Sequence[Told]) -> None:
        """Count the rows of which something was lost."""
        self.lost += Counter({name: sum(map(lost_in, told))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """One's own data for everybody, that of others for those who hold `privacy:manage`."""

    database: Database
    departure: Departure
    recorder: Recorder
    inventory: Sequence[Personal] = INVENTORY
    now: Callable[[], datetime] = utc_now

    async def make(self, scope: Scope, user_id: UUID | None = None) -> Archive:
        """Gather everything; the caller closes the archive's file.

        Raises:
            PermissionDeniedError: if it is somebody else's, and the caller may not.
            UserNotFoundError: if there is neither such a user nor anything of theirs.
        """
        whose = user_id or scope.actor_id
        if whose != scope.actor_id:
            require(scope, PRIVACY_MANAGE)
        if not await is_known(self.database, self.departure, scope, whose):
            raise UserNotFoundError("There is no such user.")
        archive = Archive()
        try:
            await self._fill(archive, scope, whose)
        except BaseException:
            archive.file.close()
            raise
        return archive

    async def _fill(self, archive: Archive, scope: Scope, user_id: UUID) -> None:
        lines = _Lines(archive)
        for personal in self.inventory:
            if personal.shown and (user_id == scope.actor_id or not personal.private):
                await self._table(lines, personal, scope, user_id)
        if user_id == scope.actor_id:
            await self._themselves(lines, scope)
        moment = self.now()
        kept = {one.name: one.why for one in self.inventory if one.fate == "kept"}
        told = {"user_id": str(user_id), "tenant_id": str(scope.tenant_id), "made_at": moment.isoformat()}
        await asyncio.to_thread(
            archive.finish, {**told, "rows": lines.counts, "lost": lines.lost, "kept_after_an_erasure": kept}
        )
        async with self.database.transaction(scope) as tx:
            row = DataRequestRow(
                kind=EXPORT,
                user_id=user_id,
                requested_by=scope.actor_id,
                state=DONE,
                due_at=moment,
                counts=dict(lines.counts),
                receipt="",
                key_name="",
                signature="",
                created_at=moment,
                done_at=moment,
            )
            await KeptRequests(tx, scope).add(row)
            await self.recorder.record(
                tx, scope, Act(name="privacy.exported", target_kind="user", target_id=str(user_id))
            )

    async def _themselves(self, lines: _Lines, scope: Scope) -> None:
        """The account that they sign in with, and what proves that it is they: their organisations are not told."""
        for one, rows in (await self.departure.of_themselves(scope)).items():
            told = [plain(row, one.hidden) for row in rows]
            if told:
                await asyncio.to_thread(lines.put, one.name, 0, told)

    async def _table(self, lines: _Lines, personal: Personal, scope: Scope, user_id: UUID) -> None:
        after: UUID | None = None
        number = 0
        while True:
            async with self._reading(scope) as tx:
                rows = PersonalRows(tx, scope, personal)
                lot = await rows.some(user_id, after=after, limit=_LOT)
                ids = [row.id for row in lot]
                parts = {
                    part: await rows.parts(part, ids) if lot and not part.chunks else () for part in personal.parts
                }
            if not lot:
                return
            told = [plain(row, personal.hidden) for row in lot]
            await asyncio.to_thread(_put_lot, lines, personal, number, told, _by_parent(parts))
            for part in personal.parts:
                if part.chunks:
                    for parent in ids:
                        await self._file(lines, PersonalPart(personal, part), scope, parent)
            after, number = ids[-1], number + 1

    async def _file(self, lines: _Lines, whose: PersonalPart, scope: Scope, parent: UUID) -> None:
        """Some chunks at a time: whole it may be larger than what memory there is. One that is all lost is left out."""
        part, skip, path = whose.part, 0, f"{whose.personal.name}/{parent}"
        with ExitStack() as stack:
            write = None
            while chunks := await self._chunks(whose, scope, parent, skip):
                pieces = [bytes(one) for chunk in chunks if (one := getattr(chunk, part.chunks)) is not LOST]
                lines.lost += Counter({part.table.__tablename__: len(chunks) - len(pieces)})
                if write is None and pieces:
                    write = stack.enter_context(lines.archive.entry(path))
                if write is not None:
                    await asyncio.to_thread(write, *pieces)
                skip += len(chunks)
        if not skip:
            lines.archive.put(path)

    async def _chunks(self, whose: PersonalPart, scope: Scope, parent: UUID, skip: int) -> Sequence[TenantTable]:
        async with self._reading(scope) as tx:
            return await PersonalRows(tx, scope, whose.personal).parts(whose.part, [parent], skip=skip, limit=_CHUNKS)

    @asynccontextmanager
    async def _reading(self, scope: Scope) -> AsyncGenerator[Transaction]:
        """Read, and learn what is lost."""
        with lost_told():
            async with self.database.reading(scope) as tx:
                yield tx


async def is_known(database: Database, departure: Departure, scope: Scope, user_id: UUID) -> bool:
    """Whether there is such a user, or anything left of them that an erasure would remove."""
    if await departure.is_here(scope, user_id):
        return True
    async with database.reading(scope) as tx:
        for personal in INVENTORY:
            if personal.fate == "erased" and await PersonalRows(tx, scope, personal).count(user_id):
                return True
    return False


def _by_parent(parts: Mapping[Part, Sequence[TenantTable]]) -> Mapping[str, Mapping[str, Sequence[Told]]]:
    """What belongs to each row: by its id, by table."""
    found: dict[str, dict[str, list[Told]]] = {}
    for part, rows in parts.items():
        for row in rows:
            parent = found.setdefault(str(getattr(row, part.parent)), {})
            parent.setdefault(part.table.__tablename__, []).append(plain(row, part.hidden))
    return found


def _put_lot(
    lines: _Lines,
    personal: Personal,
    number: int,
    told: Sequence[Told],
    parts: Mapping[str, Mapping[str, Sequence[Told]]],
) -> None:
    names = [part.table.__tablename__ for part in personal.parts if not part.chunks]
    whole = []
    lines.note_lost(personal.name, told)
    for one in told:
        mine = {name: parts.get(str(one["id"]), {}).get(name, ()) for name in names}
        for name, rows in mine.items():
            lines.note_lost(name, rows)
        whole.append({**one, **mine})
        if personal.readable is not None:
            text = personal.readable(one, mine)
            lines.archive.put(f"{personal.name}/{one['id']}.md", text.encode())
    lines.put(personal.name, number, whole)

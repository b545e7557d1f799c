"""All that is kept of a person, as a ZIP file: data as JSON Lines, conversations to be read, files as they came."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
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
from chimera.store import Database, TenantTable
from chimera.store.personal import Part, Personal, PersonalRows, Told, plain
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
    """Lines of one table, gathered until they are written; lots of a table are files of their own."""

    archive: Archive
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def put(self, name: str, number: int, told: Sequence[Told]) -> None:
        lines = (json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in told)
        self.archive.put(f"data/{name}-{number:05}.jsonl", *lines)
        self.counts[name] = self.counts.get(name, 0) + len(told)


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
            if personal.shown:
                await self._table(lines, personal, scope, user_id)
        if user_id == scope.actor_id:
            await self._themselves(lines, scope)
        moment = self.now()
        kept = {one.name: one.why for one in self.inventory if one.fate == "kept"}
        told = {"user_id": str(user_id), "tenant_id": str(scope.tenant_id), "made_at": moment.isoformat()}
        await asyncio.to_thread(archive.finish, {**told, "rows": lines.counts, "kept_after_an_erasure": kept})
        async with self.database.transaction(scope) as tx:
            row = DataRequestRow(
                kind=EXPORT,
                user_id=user_id,
                requested_by=scope.actor_id,
                state=DONE,
                due_at=moment,
                counts=lines.counts,
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
            async with self.database.reading(scope) as tx:
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
                        await self._file(lines.archive, PersonalPart(personal, part), scope, parent)
            after, number = ids[-1], number + 1

    async def _file(self, archive: Archive, whose: PersonalPart, scope: Scope, parent: UUID) -> None:
        """Some chunks at a time: whole it may be larger than what memory there is."""
        part, skip = whose.part, 0
        with archive.entry(f"{whose.personal.name}/{parent}") as write:
            while True:
                async with self.database.reading(scope) as tx:
                    rows = PersonalRows(tx, scope, whose.personal)
                    chunks = await rows.parts(part, [parent], skip=skip, limit=_CHUNKS)
                if not chunks:
                    return
                await asyncio.to_thread(write, *(bytes(getattr(chunk, part.chunks)) for chunk in chunks))
                skip += len(chunks)


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
    for one in told:
        mine = {name: parts.get(str(one["id"]), {}).get(name, ()) for name in names}
        whole.append({**one, **mine})
        if personal.readable is not None:
            text = personal.readable(one, mine)
            lines.archive.put(f"{personal.name}/{one['id']}.md", text.encode())
    lines.put(personal.name, number, whole)

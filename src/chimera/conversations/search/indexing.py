"""Writes segments of whoever has enough texts that wait: in rounds, and when a search finds many, never in a turn."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.search.repository import AllEntries, KeptEntries, KeptSegments, SaidMessages, SaidTitles
from chimera.conversations.search.segments import MOST, SALT_BYTES, Doc, Segment, built
from chimera.conversations.search.texts import TITLE, Found, Line, of_message, of_title
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

log = structlog.get_logger()

LEAST: Final = 128
"""Texts that wait before a segment is made of them; fewer are looked through in less than a moment."""
_ROUND_S: Final = 60.0
_PEOPLE: Final = 100
# Texts that are read and cut into words at once, before others get a turn.
_LOT: Final = 512


class _MovedError(Exception):
    """Something became of a text while its segment was made."""


@dataclass(slots=True, kw_only=True)
class Indexing:
    """Replicas may do this at once: of two that make a segment of the same texts, one keeps nothing.

    Attributes:
        spawn: Runs what nobody waits for.
    """

    database: Database
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
    _busy: dict[UUID, "asyncio.Task[None]"] = field(default_factory=dict[UUID, "asyncio.Task[None]"])

    async def run(self) -> None:
        """Index again and again, until cancelled. What was begun and not ended is simply begun again."""
        await rounds(self.round, every_s=_ROUND_S, named="search")

    async def round(self) -> None:
        """Index what waits of everybody who has enough."""
        async with self.database.system_reading() as tx:
            crowds = await AllEntries(tx).crowds(least=LEAST, limit=_PEOPLE)
        for crowd in crowds:
            # They wrote it; an index of it is made on their behalf.
            await self.of(Scope(tenant_id=crowd.tenant_id, actor_id=crowd.owner_id, permissions=frozenset()))

    def soon(self, scope: Scope) -> None:
        """Begin to index what waits of the caller."""
        if scope.actor_id not in self._busy:
            task = self.spawn(self._quietly(scope))
            self._busy[scope.actor_id] = task
            task.add_done_callback(lambda _: self._busy.pop(scope.actor_id, None))

    async def of(self, scope: Scope) -> int:
        """Index all that waits of one person, and tell how many texts that were."""
        total = 0
        while made := await self._segment(scope):
            total += made
        if total:
            log.info("search.indexed", texts=total)
        return total

    async def _quietly(self, scope: Scope) -> None:
        try:
            await self.of(scope)
        except AppError as error:
            log.warning("search.not_indexed", code=error.code)

    async def _segment(self, scope: Scope) -> int:
        """Make one segment; nothing if too few texts wait, or something became of them meanwhile."""
        async with self.database.reading(scope) as tx:
            waiting = await KeptEntries(tx, scope).waiting()
            small = await KeptSegments(tx, scope).small(MOST // 2)
            salt = await KeptSegments(tx, scope).salt()
            if waiting < LEAST:
                return 0
            # Many small ones become a large one.
            taken = list(small) if waiting + sum(small.values()) >= MOST else []
            entries = await KeptEntries(tx, scope).oldest_of(taken, limit=MOST)
        titles: list[Found] = []
        docs: list[Doc] = []
        for begin in range(0, len(entries), _LOT):
            async with self.database.reading(scope) as tx:
                lot = await _told(tx, scope, entries[begin : begin + _LOT], ended=True)
            titles += [one for one in lot if one.role == TITLE]
            docs += await asyncio.to_thread(_docs, lot)
        if len(docs) < LEAST:
            return 0
        made = await asyncio.to_thread(built, docs, salt or os.urandom(SALT_BYTES))
        try:
            await self._keep(scope, docs, titles, made, taken)
        except _MovedError:
            return 0
        return len(docs)

    async def _keep(
        self, scope: Scope, docs: Sequence[Doc], titles: Sequence[Found], made: Segment, taken: Sequence[UUID]
    ) -> None:
        made_id = new_id()
        async with self.database.transaction(scope) as tx:
            segments, entries = KeptSegments(tx, scope), KeptEntries(tx, scope)
            await entries.alone("search")  # as triggers are that remove texts of the caller: see the migration
            await segments.keep(made_id, len(docs), made)
            if await entries.take([doc.id for doc in docs], made_id, out_of=taken) != len(docs):
                raise _MovedError
            # Whoever renames one from now on waits for the entry, and takes it out of the segment.
            now = {row[0]: row[2] for row in await SaidTitles(tx, scope).told([one.id for one in titles])}
            if any(now.get(one.id) != one.text for one in titles):
                raise _MovedError
            await segments.remove(taken)


async def _told(tx: Transaction, scope: Scope, entries: Sequence[Line], *, ended: bool) -> list[Found]:
    messages = await SaidMessages(tx, scope).told([row[0] for row in entries if not row[1]], ended=ended)
    titles = await SaidTitles(tx, scope).told([row[0] for row in entries if row[1]])
    return [*map(of_message, messages), *map(of_title, titles)]


def _docs(texts: Sequence[Found]) -> list[Doc]:
    return [one.doc() for one in texts]


async def waiting_texts(tx: Transaction, scope: Scope, *, limit: int) -> list[Found]:
    """The newest texts of the caller that no segment tells of."""
    return await _told(tx, scope, await KeptEntries(tx, scope).newest_waiting(limit=limit), ended=False)

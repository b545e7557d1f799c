"""Every query of search. Each begins with the tenant, and goes on with whose texts they are."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, LargeBinary, Select, Uuid, column, func, literal

from chimera.conversations.search.segments import Segment, opened
from chimera.conversations.search.tables import SearchEntryRow, SearchPageRow, SearchSegmentRow
from chimera.conversations.search.texts import Line
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import ConversationRow, MessageRow, TaggedRow
from chimera.kit.clock import utc_now
from chimera.store import Repository, SystemRepository, insert_into

T = TypeVar("T")

_AT_ONCE: Final = 500
_MESSAGE: Final = (
    MessageRow.id,
    MessageRow.created_at,
    MessageRow.conversation_id,
    MessageRow.role,
    MessageRow.model,
    MessageRow.parts,
)
_TITLE: Final = (ConversationRow.id, ConversationRow.created_at, ConversationRow.title)


class OpenedHead(NamedTuple):
    """A segment and its head."""

    id: UUID
    head: bytes


class Spot(NamedTuple):
    """Where a text stands in a segment."""

    segment_id: UUID
    place: int


class Waiting(NamedTuple):
    """How many texts of somebody wait for a segment."""

    tenant_id: UUID
    owner_id: UUID
    texts: int


class Shelf(NamedTuple):
    """In which folder a conversation must lie, and which tag it must bear."""

    folder_id: UUID | None = None
    tag_id: UUID | None = None


class KeptEntries(Repository[SearchEntryRow]):
    """Of the caller's own texts."""

    table = SearchEntryRow

    def mine(self) -> Select[SearchEntryRow]:
        return super().mine().where(SearchEntryRow.owner_id == self._scope.actor_id)

    async def waiting(self) -> int:
        return await self.count(self.mine().where(SearchEntryRow.segment_id.is_(None)))

    async def newest_waiting(self, *, limit: int) -> list[Line]:
        """Id, and whether it is a title."""
        query = self.mine().where(SearchEntryRow.segment_id.is_(None)).order_by(SearchEntryRow.created_at.desc())
        chosen = query.limit(limit).with_only_columns(SearchEntryRow.id, SearchEntryRow.is_title)
        return [tuple(row) for row in await self._tx.execute(chosen)]

    async def oldest_of(self, segments: Collection[UUID], *, limit: int) -> list[Line]:
        """Id, and whether it is a title, of what waits or is in one of these segments."""
        query = self.mine().where(_to_be_taken(segments)).order_by(SearchEntryRow.created_at, SearchEntryRow.id)
        chosen = query.limit(limit).with_only_columns(SearchEntryRow.id, SearchEntryRow.is_title)
        return [tuple(row) for row in await self._tx.execute(chosen)]

    async def shown(self, ids: Sequence[UUID]) -> list[Line]:
        """Of each: its id and segment, and of a message `_MESSAGE` and who of a panel said it."""
        said = (MessageRow.tenant_id == SearchEntryRow.tenant_id) & (MessageRow.id == SearchEntryRow.id)
        query = self.mine().where(SearchEntryRow.id.in_(ids)).join(MessageRow, said, isouter=True)
        columns = (SearchEntryRow.id, SearchEntryRow.segment_id, *_MESSAGE, MessageRow.speech)
        return [tuple(row) for row in await self._tx.execute(query.with_only_columns(*columns))]

    async def take(self, ids: Sequence[UUID], into: UUID, *, out_of: Collection[UUID]) -> int:
        """Let these be in a segment; those that are gone, or in another by now, are not counted."""
        taken = 0
        for lot in _lots(ids):
            statement = self.changing().where(SearchEntryRow.id.in_(lot), _to_be_taken(out_of))
            taken += await self.run(statement.values(segment_id=into))
        return taken


class AllEntries(SystemRepository[SearchEntryRow]):
    table = SearchEntryRow

    async def crowds(self, *, least: int, limit: int) -> Sequence[Waiting]:
        """Who has so many texts that wait, most of them first."""
        who, number = (SearchEntryRow.tenant_id, SearchEntryRow.owner_id), func.count()
        query = self.every().where(SearchEntryRow.segment_id.is_(None)).with_only_columns(*who, number)
        query = query.group_by(*who).having(number >= least).order_by(number.desc()).limit(limit)
        return [Waiting(*row) for row in await self._tx.execute(query)]


class KeptSegments(Repository[SearchSegmentRow]):
    """Of the caller's own texts."""

    table = SearchSegmentRow

    def mine(self) -> Select[SearchSegmentRow]:
        return super().mine().where(SearchSegmentRow.owner_id == self._scope.actor_id)

    async def heads(self) -> Sequence[OpenedHead]:
        """Of all segments whose keys are there, the oldest first."""
        query = self.mine().with_only_columns(SearchSegmentRow.id, SearchSegmentRow.head)
        rows = [OpenedHead(*row) for row in await self._tx.execute(query.order_by(SearchSegmentRow.id))]
        return [row for row in rows if row.head]

    async def salt(self) -> bytes | None:
        """That of the person's segments, if there are any whose keys are there."""
        query = self.mine().with_only_columns(SearchSegmentRow.head).order_by(SearchSegmentRow.id.desc())
        head = await self._tx.scalar(query.limit(1))
        return opened(head).salt if head else None

    async def ids_at(self, places: Sequence[Spot]) -> dict[Spot, UUID]:
        """Which texts stand there."""
        if self._tx.get_bind().dialect.name != "postgresql":
            whole = self.mine().where(SearchSegmentRow.id.in_({spot.segment_id for spot in places}))
            chosen = whole.with_only_columns(SearchSegmentRow.id, SearchSegmentRow.ids)
            ids: dict[UUID, bytes] = {row[0]: row[1] for row in await self._tx.execute(chosen)}
            return {spot: UUID(bytes=ids[spot.segment_id][16 * spot.place :][:16]) for spot in places}
        # PostgreSQL reads of long bytes what is asked for, and the rest need not come over the wire.
        segments = literal([spot.segment_id for spot in places], ARRAY(Uuid))
        spots = func.unnest(segments, literal([spot.place for spot in places], ARRAY(Integer))).table_valued(
            column("segment_id", Uuid), column("place", Integer)
        )
        spots = spots.render_derived(name="spots")
        found = func.substr(SearchSegmentRow.ids, 16 * spots.c.place + 1, 16, type_=LargeBinary)
        query = self.mine().join(spots, spots.c.segment_id == SearchSegmentRow.id)
        rows = await self._tx.execute(query.with_only_columns(spots.c.segment_id, spots.c.place, found))
        return {Spot(row[0], row[1]): UUID(bytes=row[2]) for row in rows}

    async def small(self, size: int) -> dict[UUID, int]:
        """Segments of fewer texts, each with their number."""
        query = self.mine().where(SearchSegmentRow.size < size)
        chosen = query.with_only_columns(SearchSegmentRow.id, SearchSegmentRow.size)
        return {row[0]: row[1] for row in await self._tx.execute(chosen)}

    async def keep(self, id: UUID, size: int, made: Segment) -> None:
        shared = {"tenant_id": self._scope.tenant_id, "created_at": utc_now()}
        of_segment = {"id": id, "owner_id": self._scope.actor_id, "size": size, "head": made.head, "ids": made.ids}
        await self._tx.execute(insert_into(self._tx, SearchSegmentRow).values(**shared, **of_segment))
        pages = [{**shared, "id": id, "number": number, "words": words} for number, words in made.pages.items()]
        await self._tx.execute(insert_into(self._tx, SearchPageRow), pages)

    async def remove(self, segments: Collection[UUID]) -> None:
        if segments:
            await self.run(self.removing().where(SearchSegmentRow.id.in_(segments)))


class KeptPages(Repository[SearchPageRow]):
    table = SearchPageRow

    async def of(self, numbers: Collection[int]) -> dict[UUID, dict[int, bytes]]:
        """Those pages of the caller's segments, by their numbers."""
        segment = (SearchSegmentRow.tenant_id == SearchPageRow.tenant_id) & (SearchSegmentRow.id == SearchPageRow.id)
        query = self.mine().join(SearchSegmentRow, segment).where(SearchSegmentRow.owner_id == self._scope.actor_id)
        query = query.where(SearchPageRow.number.in_(numbers))
        chosen = query.with_only_columns(SearchPageRow.id, SearchPageRow.number, SearchPageRow.words)
        pages: dict[UUID, dict[int, bytes]] = {}
        for row in await self._tx.execute(chosen):
            if row[2]:
                pages.setdefault(row[0], {})[row[1]] = row[2]
        return pages


class SaidMessages(Repository[MessageRow]):
    """Messages as search reads them; their ids are of the caller's own entries."""

    table = MessageRow

    async def told(self, ids: Sequence[UUID], *, ended: bool = False) -> list[Line]:
        """See `_MESSAGE`; on demand, without what is still being written."""
        found: list[Line] = []
        for lot in _lots(ids):
            query = self.mine().where(MessageRow.id.in_(lot)).with_only_columns(*_MESSAGE)
            if ended:
                query = query.where(MessageRow.status != MessageStatus.STREAMING)
            found += [tuple(row) for row in await self._tx.execute(query)]
        return found


class SaidTitles(Repository[ConversationRow]):
    """Titles of the caller's own conversations."""

    table = ConversationRow

    def mine(self) -> Select[ConversationRow]:
        return super().mine().where(ConversationRow.owner_id == self._scope.actor_id)

    async def told(self, ids: Sequence[UUID]) -> list[Line]:
        """See `_TITLE`."""
        found: list[Line] = []
        for lot in _lots(ids):
            query = self.mine().where(ConversationRow.id.in_(lot)).with_only_columns(*_TITLE)
            found += [tuple(row) for row in await self._tx.execute(query)]
        return found

    async def shown(self, ids: Sequence[UUID], where: Shelf) -> list[Line]:
        """As `told`, but for those that lie elsewhere, or are temporary: of those nothing is found."""
        query = self.mine().where(ConversationRow.id.in_(ids), ConversationRow.temporary.is_(False))
        if where.folder_id is not None:
            query = query.where(ConversationRow.folder_id == where.folder_id)
        if where.tag_id is not None:
            bears = (TaggedRow.tenant_id == ConversationRow.tenant_id) & (TaggedRow.id == ConversationRow.id)
            query = query.join(TaggedRow, bears).where(TaggedRow.tag_id == where.tag_id)
        return [tuple(row) for row in await self._tx.execute(query.with_only_columns(*_TITLE))]


def _to_be_taken(segments: Collection[UUID]) -> ColumnElement[bool]:
    waits = SearchEntryRow.segment_id.is_(None)
    return waits | SearchEntryRow.segment_id.in_(segments) if segments else waits


def _lots(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many as one statement takes."""
    return (items[begin : begin + _AT_ONCE] for begin in range(0, len(items), _AT_ONCE))

"""Searching: which of the caller's messages and titles have what is searched for, over all branches."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Final
from uuid import UUID

from chimera.conversations.encoding import decode_spoken
from chimera.conversations.search.asking import Asked, Index, Ranked
from chimera.conversations.search.indexing import LEAST, Indexing, waiting_texts
from chimera.conversations.search.query import Query, Term, parsed
from chimera.conversations.search.repository import (
    KeptEntries,
    KeptPages,
    KeptSegments,
    SaidTitles,
    Shelf,
    Spot,
)
from chimera.conversations.search.segments import field, opened, page_of
from chimera.conversations.search.snippets import Snippet, answers, plausible, snippet, sought
from chimera.conversations.search.texts import Found, of_message, of_title
from chimera.conversations.shelves.repository import KeptTags
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

_MOST_WAITING: Final = 1000
# How many texts one page opens to look for phrases; a page may be shorter for it, and the next one goes on.
_MOST_OPENED: Final = 200
_SPARE: Final = 4
_LAST: Final = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched for, and where.

    Attributes:
        text: As it was typed, see `query`.
        role: `user`, `assistant`, or `title`.
        model: Who answered.
        folder_id: In which folder the conversation lies.
        tag: Which tag it bears, in any case.
    """

    text: str
    since: datetime | None = None
    until: datetime | None = None
    role: str | None = None
    model: str | None = None
    conversation_id: UUID | None = None
    folder_id: UUID | None = None
    tag: str | None = None

    @property
    def fields(self) -> list[Term]:
        conversation = self.conversation_id.hex if self.conversation_id else None
        told = (("role", self.role), ("model", self.model), ("conversation", conversation))
        return [Term(field(name, value)) for name, value in told if value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A text that was found."""

    found: Found
    title: str
    snippet: Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A page.

    Attributes:
        next_cursor: Where the next page begins; `None` after the last.
        pending: Texts, the oldest of those that were not indexed yet, which were not searched.
    """

    hits: Sequence[Hit]
    next_cursor: str | None
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Behind which text a page begins, and when the first one was asked for: what came since shifts nothing."""

    asked_ms: int
    key: int
    id: UUID

    def encoded(self) -> str:
        return base64.urlsafe_b64encode(f"{self.asked_ms} {self.key} {self.id}".encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str) -> "_Cursor":
        """Raises InvalidRequestError: if it was not we who wrote it."""
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
            asked_ms, key, last = text.split(" ")
            read = cls(asked_ms=int(asked_ms), key=int(key), id=UUID(last))
        except (ValueError, binascii.Error) as error:
            raise InvalidRequestError("This cursor was not given by us. Begin without one.", field="cursor") from error
        if not (0 <= read.key < 1 << 62 and 0 <= read.asked_ms < 1 << 48):
            raise InvalidRequestError("This cursor was not given by us. Begin without one.", field="cursor")
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A text that may be shown: by what it is sorted, and which segment told of it."""

    key: int
    id: UUID
    segment_id: UUID | None

    @property
    def order(self) -> tuple[int, UUID]:
        return self.key, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Searches segments, and looks through what is in none yet."""

    database: Database
    indexing: Indexing
    clock: Callable[[], datetime]

    async def search(self, scope: Scope, search: Search, *, limit: int, cursor: str | None = None) -> Hits:
        """A page of what the caller said, was told, or called a conversation.

        Raises:
            InvalidRequestError: if there is nothing to search for, or the cursor is none of ours.
        """
        query = parsed(search.text)
        after = None if cursor is None else _Cursor.of(cursor)
        asked_ms = after.asked_ms if after else _ms(self.clock())
        asked = Asked(
            query=query,
            fields=search.fields,
            since_ms=_ms(search.since) if search.since else 0,
            until_ms=min(asked_ms, _ms(search.until)) if search.until else asked_ms,
            most_key=after.key if after else None,
        )
        async with self.database.reading(scope) as tx:
            where = await _shelf(tx, scope, search)
            if where is None:
                return Hits(hits=(), next_cursor=None, pending=0)
            waiting = await waiting_texts(tx, scope, limit=_MOST_WAITING)
            pending = 0 if len(waiting) < _MOST_WAITING else await KeptEntries(tx, scope).waiting() - len(waiting)
            best = await _best(tx, scope, asked, waiting)
            hits, last = await _hits(_Shown(tx, scope, where, best, after), query, limit)
        if len(waiting) >= LEAST:
            self.indexing.soon(scope)
        following = None if last is None else _Cursor(asked_ms=asked_ms, key=last.key, id=last.id).encoded()
        return Hits(hits=hits, next_cursor=following, pending=pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Best:
    """The best texts, the best first. Which they are is read of those that are looked at.

    Attributes:
        is_more: Whether there are others.
    """

    texts: Sequence[Ranked]
    is_more: bool
    segments: Sequence[UUID]
    waiting: Sequence[Found]

    def end(self, some: int) -> int:
        """Of so many texts and of those as good as the last of them, among which their ids decide."""
        end = min(some, len(self.texts))
        while 0 < end < len(self.texts) and self.texts[end].key == self.texts[end - 1].key:
            end += 1
        return end

    async def named(self, kept: KeptSegments, begin: int, end: int) -> list[_Candidate]:
        """Some of them, in their order."""
        lot = self.texts[begin:end]
        spots = {one: Spot(self.segments[one.segment], one.place) for one in lot if one.segment < len(self.segments)}
        ids = await kept.ids_at(tuple(spots.values())) if spots else {}

        def candidate(one: Ranked) -> _Candidate | None:
            spot = spots.get(one)
            if spot is None:
                return _Candidate(key=one.key, id=self.waiting[one.place].id, segment_id=None)
            return _Candidate(key=one.key, id=ids[spot], segment_id=spot.segment_id) if spot in ids else None

        return sorted(filter(None, map(candidate, lot)), key=lambda one: one.order, reverse=True)


async def _best(tx: Transaction, scope: Scope, asked: Asked, waiting: Sequence[Found]) -> _Best:
    read = {one.id: opened(one.head) for one in await KeptSegments(tx, scope).heads()}
    # One, but for segments of before a key was destroyed, or that two replicas began with at once; and two sizes.
    sorts = {(head.salt, head.pages) for head in read.values()}
    numbers = {page_of(term.text, *sort) for sort in sorts for term in asked.terms}
    pages = await KeptPages(tx, scope).of(numbers) if numbers else {}
    index = Index(segments=[(head, pages.get(one, {})) for one, head in read.items()], waiting=waiting)
    texts, is_more = await asyncio.to_thread(_ranked, index, asked)
    return _Best(texts=texts, is_more=is_more, segments=tuple(read), waiting=waiting)


def _ranked(index: Index, asked: Asked) -> tuple[list[Ranked], bool]:
    """Loads numpy when somebody searches."""
    ranking = import_module("chimera.conversations.search.ranking")
    found: tuple[list[Ranked], bool] = ranking.ranked(index, asked, limit=_MOST_OPENED)
    return found


async def _hits(shown: "_Shown", query: Query, limit: int) -> tuple[list[Hit], _Candidate | None]:
    """Those that are as they should be, and the last one that was looked at if others may follow."""
    hits: list[Hit] = []
    last: _Candidate | None = None
    seems, said_in, best = plausible(query), sought(query), shown.best
    begin, some = 0, limit + _SPARE
    while begin < len(best.texts):
        end = best.end(some)
        lot, texts = await shown.of(begin, end, seems)
        begin, some = end, len(best.texts)
        for last in lot:
            found = texts.get(last.id)
            if found is None:
                continue
            said = said_in(found[0].text)
            if answers(query, said):
                hits.append(Hit(found=found[0], title=found[1], snippet=snippet(found[0].text, query, said)))
            if len(hits) == limit:
                is_over = begin == some and last is lot[-1] and not best.is_more
                return hits, None if is_over else last
    if last is None and best.texts and best.texts[-1].key:
        # All of them stood on pages before: of texts of one moment only so many are told apart.
        last = _Candidate(key=best.texts[-1].key - 1, id=_LAST, segment_id=None)
    return hits, last if best.is_more else None


async def _shelf(tx: Transaction, scope: Scope, search: Search) -> Shelf | None:
    """Where conversations must lie that are searched; `None` if nothing lies there."""
    if search.tag is None:
        return Shelf(folder_id=search.folder_id)
    named = await KeptTags(tx, scope).named([search.tag])
    return Shelf(folder_id=search.folder_id, tag_id=named[0].id) if named else None


@dataclass(frozen=True, slots=True)
class _Shown:
    """Texts as they are shown."""

    tx: Transaction
    scope: Scope
    where: Shelf
    best: _Best
    after: _Cursor | None

    async def of(
        self, begin: int, end: int, seems: Callable[[str], bool]
    ) -> tuple[list[_Candidate], dict[UUID, tuple[Found, str]]]:
        """Some of the best, and as they are shown, each with its conversation's title, those that are shown at all.

        Nobody is shown what its segment tells of no more.
        """
        lot = await self.best.named(KeptSegments(self.tx, self.scope), begin, end)
        if self.after is not None:
            lot = [one for one in lot if one.order < (self.after.key, self.after.id)]
        tx, scope, segments = self.tx, self.scope, {one.id: one.segment_id for one in lot}
        rows = await KeptEntries(tx, scope).shown(tuple(segments)) if lot else []
        rows = [row for row in rows if segments[row[0]] == row[1]]
        messages = [of_message(row[2:]) for row in rows if row[2] is not None and not _is_replaced(row[-1])]
        messages = [one for one in messages if seems(one.text)]
        others = {row[0] for row in rows if row[2] is None}
        wanted = [*others, *{one.conversation_id for one in messages}]
        titles = await SaidTitles(tx, scope).shown(wanted, self.where) if wanted else []
        titled = {row[0]: row[2] for row in titles}
        texts = {one.id: (one, titled[one.conversation_id]) for one in messages if one.conversation_id in titled}
        texts |= {row[0]: (of_title(row), row[2]) for row in titles if row[0] in others and seems(row[2])}
        return lot, texts


def _is_replaced(speech: str | None) -> bool:
    return (spoken := decode_spoken(speech)) is not None and spoken.replaced


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

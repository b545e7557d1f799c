"""What is remembered, in the hands of whom it is about: read, written, changed, forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from chimera.conversations.memory.explicit import said_of_oneself
from chimera.conversations.memory.fact import About, Fact, FactKind, Learned, Learning
from chimera.conversations.memory.own_words import plain
from chimera.conversations.memory.withheld import withheld
from chimera.conversations.remembering.encoding import encode_about, fact_of
from chimera.conversations.remembering.errors import MemoriesFullError, MemoryWithheldError
from chimera.conversations.remembering.noting import KIND, lane_of
from chimera.conversations.remembering.recalling import Recalling
from chimera.conversations.remembering.repository import (
    ExceptedConversations,
    KeptEvidence,
    KeptMemories,
    KeptSettings,
)
from chimera.conversations.remembering.settings import PolicyOf, Standing, standing, standing_of
from chimera.conversations.remembering.tables import ConversationMemoryRow, MemoryEvidenceRow, MemoryRow
from chimera.conversations.remembering.writing import begin, fact_from, known_of
from chimera.conversations.repository import KeptConversations
from chimera.jobs.service import Jobs
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

T = TypeVar("T")


class MemoryChange(Struct, frozen=True, kw_only=True):
    """What should become of a memory; what is unset stays."""

    statement: str | UnsetType = UNSET
    kind: FactKind | UnsetType = UNSET
    about: About | UnsetType = UNSET
    valid_from: datetime | UnsetType = UNSET
    valid_until: datetime | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryView:
    """A memory, what ended it, and why it is known."""

    fact: Fact
    replaced_by: UUID | None
    evidence: Sequence[MemoryEvidenceRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memories:
    """The caller's own, and nobody else's, whatever they may do in their organisation.

    Attributes:
        has_model: Whether a model is asked what is to be learned.
    """

    database: Database
    policy: PolicyOf
    recalling: Recalling
    jobs: Jobs
    clock: Callable[[], datetime]
    has_model: bool = False

    async def settings(self, scope: Scope) -> Standing:
        """What holds for the caller."""
        policy = (await self.policy(scope)).memory
        async with self.database.reading(scope) as tx:
            return await standing_of(tx, scope, policy)

    async def choose(self, scope: Scope, *, enabled: bool | None, learning: Learning) -> Standing:
        """Turn memory on or off, or leave that to the organisation. What was said before is not looked at any more.

        Raises:
            MemoryForbiddenError: on turning it on where the organisation forbids it.
        """
        policy = (await self.policy(scope)).memory
        async with self.database.transaction(scope) as tx:
            row = await KeptSettings(tx, scope).begun()
            row.enabled, row.learning = enabled, learning.value
            chosen = standing(row, policy)
            if enabled:
                chosen.demand()
            if not chosen.learns:
                await self._look_at_nothing(tx, scope)
            return chosen

    async def listed(
        self, scope: Scope, *, kinds: Sequence[FactKind], holding: bool, cursor: str | None, limit: int
    ) -> tuple[list[MemoryView], str | None]:
        """A page, what was said last first, and the cursor of the next one.

        Raises:
            InvalidRequestError: if the cursor is none of ours.
        """
        moment = self.clock() if holding else None
        async with self.database.reading(scope) as tx:
            memories = KeptMemories(tx, scope)
            names = [kind.value for kind in kinds]
            page = await memories.newest(kinds=names, holding_at=moment, cursor=cursor, limit=limit)
            return await _views(tx, scope, page.rows), page.next_cursor

    async def searched(self, scope: Scope, text: str, *, kinds: Sequence[FactKind]) -> list[MemoryView]:
        """What holds now and is shown of to a question like this, the weightiest first."""
        found = await self.recalling.matching(scope, text)
        wanted = [one.id for one in found if not kinds or one.kind in kinds]
        async with self.database.reading(scope) as tx:
            rows = await KeptMemories(tx, scope).some(wanted)
            views = {view.fact.id: view for view in await _views(tx, scope, rows)}
        return [views[one] for one in wanted if one in views]

    async def get(self, scope: Scope, id: UUID) -> MemoryView:
        """Raises MemoryNotFoundError, also when it is another's."""
        async with self.database.reading(scope) as tx:
            row = await KeptMemories(tx, scope).found(id)
            return (await _views(tx, scope, [row]))[0]

    async def write(self, scope: Scope, change: MemoryChange) -> MemoryView:
        """Keep what the caller wrote; of one topic it ends what was said before. Said already, it is the one known.

        Raises:
            MemoryForbiddenError: if the organisation lets nothing be remembered.
            MemoryWithheldError: if it holds what is never remembered.
            MemoriesFullError: if there are as many as one person may have.
        """
        (await self.settings(scope)).demand()
        learned, now = _written(change), self.clock()
        known = await known_of(self.database, scope)
        async with self.database.transaction(scope) as tx:
            begun = await begin(tx, scope, known)
            fact = fact_from(learned, now, "written", begun.revision)
            fact = replace(fact, valid_from=_or(change.valid_from, now), valid_until=_or(change.valid_until, None))
            kept = await begun.put(learned, fact)
            if kept is None:
                raise MemoriesFullError("There are as many memories as one person may have. Forget some.")
            await tx.flush()
            row = await KeptMemories(tx, scope).found(kept.id)
            return (await _views(tx, scope, [row]))[0]

    async def change(self, scope: Scope, id: UUID, change: MemoryChange) -> MemoryView:
        """Raises MemoryNotFoundError, MemoryForbiddenError, MemoryWithheldError."""
        (await self.settings(scope)).demand()
        _check(_or(change.statement, ""), _or(change.about, About()))
        async with self.database.transaction(scope) as tx:
            memories = KeptMemories(tx, scope)
            await memories.found(id)
            revision = await KeptSettings(tx, scope).changing_what_is_kept()
            row = await memories.found(id)
            _apply(change, row)
            row.revision = revision
            await tx.flush()
            return (await _views(tx, scope, [row]))[0]

    async def forget(self, scope: Scope, id: UUID) -> None:
        """Delete it; no model is shown it any more. Raises MemoryNotFoundError."""
        async with self.database.transaction(scope) as tx:
            memories = KeptMemories(tx, scope)
            await memories.found(id)
            await KeptSettings(tx, scope).changing_what_is_kept()
            await memories.forget_all([id])

    async def forget_all(self, scope: Scope, conversation_id: UUID | None = None) -> int:
        """Delete everything, or what was said in one conversation alone; tell how much that was.

        What was said until now and was not looked at yet is not looked at any more.
        """
        async with self.database.transaction(scope) as tx:
            await KeptSettings(tx, scope).changing_what_is_kept()
            await self._look_at_nothing(tx, scope, conversation_id)
            memories = KeptMemories(tx, scope)
            if conversation_id is None:
                return await memories.forget_all()
            return await memories.forget_all(await KeptEvidence(tx, scope).learned_in(conversation_id))

    async def graph(self, scope: Scope) -> list[Fact]:
        """Facts that hold now and join names, or the caller, with names."""
        now = self.clock()
        async with self.database.reading(scope) as tx:
            facts = await KeptMemories(tx, scope).all()
        return [one for one in facts if one.holds_at(now) and (one.about.subject_kind or one.about.value_kind)]

    async def is_excepted(self, scope: Scope, conversation_id: UUID) -> bool:
        """Whether one conversation is left out. Raises ConversationNotFoundError."""
        async with self.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(conversation_id)
            return await ExceptedConversations(tx, scope).is_excepted(conversation_id)

    async def except_(self, scope: Scope, conversation_id: UUID, *, excepted: bool) -> None:
        """Leave one conversation out, or not any more. Raises ConversationNotFoundError."""
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(conversation_id)
            kept = ExceptedConversations(tx, scope)
            await kept.add_if_absent(ConversationMemoryRow(id=conversation_id, enabled=not excepted))
            row = await kept.get(conversation_id)
            assert row is not None, "it was made just now"
            row.enabled = not excepted
            if excepted:
                await self._look_at_nothing(tx, scope, conversation_id)

    async def _look_at_nothing(self, tx: Transaction, scope: Scope, conversation_id: UUID | None = None) -> None:
        """Of what the caller said until now, or said in one conversation, let nothing be looked at any more."""
        lane = None if conversation_id is None else lane_of(conversation_id)
        await self.jobs.cancel_own(tx, scope, KIND, lane=lane)


async def _views(tx: Transaction, scope: Scope, rows: Sequence[MemoryRow]) -> list[MemoryView]:
    evidence = await KeptEvidence(tx, scope).of([row.id for row in rows])
    return [
        MemoryView(fact=fact_of(row), replaced_by=row.replaced_by, evidence=evidence.get(row.id, ())) for row in rows
    ]


def _written(change: MemoryChange) -> Learned:
    statement, about = _or(change.statement, ""), _or(change.about, About())
    _check(statement, about)
    found = said_of_oneself(plain(statement)) if about == About() else None
    if found is not None:
        return Learned(statement=statement, about=found.about, kind=_or(change.kind, found.kind))
    return Learned(statement=statement, about=about, kind=_or(change.kind, FactKind.OTHER))


def _about(statement: str) -> About:
    """What a statement says in three words, where it is worded as one that is known."""
    found = said_of_oneself(plain(statement))
    return About() if found is None else found.about


def _check(statement: str, about: About) -> None:
    if withheld(f"{statement}\n{about.subject} {about.attribute} is {about.value}"):
        raise MemoryWithheldError("This holds a key, a password, or a number of a card or account: keep it elsewhere.")


def _apply(change: MemoryChange, row: MemoryRow) -> None:
    if not isinstance(change.statement, UnsetType) and change.statement != row.statement:
        row.statement, row.vectors, row.source = change.statement, None, "written"
        row.about = encode_about(_about(change.statement))
    if not isinstance(change.about, UnsetType):
        row.about = encode_about(change.about)
    row.kind = _or(change.kind, FactKind(row.kind)).value
    row.valid_from = _or(change.valid_from, row.valid_from)
    row.valid_until = _or(change.valid_until, row.valid_until)


def _or(value: T | UnsetType, other: T) -> T:
    return other if isinstance(value, UnsetType) else value

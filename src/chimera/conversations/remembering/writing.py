"""Keeping what was learned: one change of a person's memory after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.conversations.memory.fact import Fact, Learned, Source
from chimera.conversations.memory.merging import merged
from chimera.conversations.remembering.repository import KeptEvidence, KeptMemories, KeptSettings
from chimera.conversations.remembering.tables import MemoryEvidenceRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

log = structlog.get_logger()

MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Where and when something was said."""

    message_id: UUID
    conversation_id: UUID
    at: datetime


def fact_from(learned: Learned, at: datetime, source: Source, revision: int) -> Fact:
    return Fact(
        id=new_id(),
        statement=learned.statement,
        about=learned.about,
        kind=learned.kind,
        source=source,
        confidence=learned.confidence,
        said_at=at,
        valid_from=at,
        revision=revision,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is kept of a person, as it was after a change."""

    revision: int
    facts: Sequence[Fact]


NOTHING: Final = Known(revision=0, facts=())


async def known_of(database: Database, scope: Scope) -> Known:
    """What is kept of the caller, read before anybody is kept waiting for the writing."""
    async with database.reading(scope) as tx:
        settings = await KeptSettings(tx, scope).own()
        return (
            NOTHING
            if settings is None
            else Known(revision=settings.revision, facts=await KeptMemories(tx, scope).all())
        )


async def keep_learned(tx: Transaction, scope: Scope, learned: Sequence[Learned], said: Said, known: Known) -> None:
    """Put what was learned from a message to what is known of its person."""
    if not learned:
        return
    change = await begin(tx, scope, known)
    for one in learned:
        kept = await change.put(one, fact_from(one, said.at, "said", change.revision))
        if kept is not None:
            row = MemoryEvidenceRow(id=kept.id, message_id=said.message_id, conversation_id=said.conversation_id)
            await KeptEvidence(tx, scope).add_if_absent(row)


async def begin(tx: Transaction, scope: Scope, known: Known) -> "Change":
    """Begin to change what is kept of the caller; others of theirs wait until this transaction ends."""
    revision = await KeptSettings(tx, scope).changing_what_is_kept()
    memories = KeptMemories(tx, scope)
    facts = known.facts if known.revision == revision - 1 else await memories.all()
    return Change(memories=memories, revision=revision, facts={one.id: one for one in facts})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that has begun."""

    memories: KeptMemories
    revision: int
    facts: dict[UUID, Fact]

    async def put(self, learned: Learned, fact: Fact) -> Fact | None:
        """Keep a fact, or note that it was said again, and end what it ends; tell which one says so now.

        `None` where none does: it only ended others, or there are as many as one person may have.
        """
        change = merged(tuple(self.facts.values()), learned, fact)
        for ending in change.endings:
            await self.memories.end(ending, revision=self.revision)
            self.facts[ending.id] = replace(self.facts[ending.id], valid_until=ending.valid_until)
        if change.same is not None:
            await self.memories.said_again(change.same, fact.said_at, revision=self.revision)
            return change.same
        if change.kept is None:
            return None
        if len(self.facts) >= MOST:
            log.warning("memory.full")
            return None
        await self.memories.keep(change.kept, replaced_by=change.replaced_by)
        self.facts[change.kept.id] = change.kept
        return change.kept

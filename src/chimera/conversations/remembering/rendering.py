"""Memories in the shapes of the API, and what is asked of them out of those shapes."""

from collections.abc import Sequence

from msgspec import UNSET

from chimera.conversations.memory.fact import About, Fact, names_of
from chimera.conversations.remembering.schemas import (
    AboutRead,
    AboutWrite,
    EntityRead,
    EvidenceRead,
    MemoryGraph,
    MemoryPatch,
    MemoryRead,
    MemorySettingsRead,
    MemoryWrite,
    RelationRead,
)
from chimera.conversations.remembering.service import MemoryChange, MemoryView
from chimera.conversations.remembering.settings import Standing


def memory_read(view: MemoryView) -> MemoryRead:
    fact = view.fact
    return MemoryRead(
        id=fact.id,
        statement=fact.statement,
        kind=fact.kind,
        about=_about_read(fact.about),
        source=fact.source,
        confidence=fact.confidence,
        said_at=fact.said_at,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        replaced_by=view.replaced_by,
        evidence=[
            EvidenceRead(conversation_id=one.conversation_id, message_id=one.message_id) for one in view.evidence
        ],
    )


def settings_read(standing: Standing, *, learns_by_model: bool) -> MemorySettingsRead:
    return MemorySettingsRead(
        enabled=standing.enabled,
        learning=standing.learning,
        allowed=standing.allowed,
        learns_by_model=learns_by_model,
    )


def graph_read(facts: Sequence[Fact]) -> MemoryGraph:
    entities = {(name, kind): EntityRead(name=name, kind=kind) for fact in facts for name, kind in names_of(fact.about)}
    relations = [
        RelationRead(
            subject=fact.about.subject,
            attribute=fact.about.attribute,
            value=fact.about.value,
            memory_id=fact.id,
            valid_from=fact.valid_from,
        )
        for fact in facts
    ]
    return MemoryGraph(entities=list(entities.values()), relations=relations)


def change_of(body: MemoryWrite | MemoryPatch) -> MemoryChange:
    given = body.model_fields_set
    return MemoryChange(
        statement=UNSET if body.statement is None else body.statement,
        kind=UNSET if body.kind is None else body.kind,
        about=UNSET if body.about is None else _about(body.about),
        valid_from=UNSET if body.valid_from is None else body.valid_from,
        valid_until=body.valid_until if "valid_until" in given else UNSET,
    )


def _about(body: AboutWrite) -> About:
    return About(
        subject=body.subject,
        attribute=body.attribute,
        value=body.value,
        single=body.single and bool(body.attribute),
        subject_kind=body.subject_kind if body.subject else None,
        value_kind=body.value_kind if body.value else None,
    )


def _about_read(about: About) -> AboutRead | None:
    if about == About():
        return None
    return AboutRead(
        subject=about.subject,
        attribute=about.attribute,
        value=about.value,
        single=about.single,
        subject_kind=about.subject_kind,
        value_kind=about.value_kind,
    )

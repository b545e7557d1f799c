"""Contexts of turns: finds out for whom they are made, and lets the engine work where it holds up nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from msgspec.structs import replace as changed

from chimera.conversations.context import (
    UNKNOWN_WINDOW,
    Aim,
    Budget,
    Context,
    Remembered,
    Said,
    estimate_for,
    fitting,
    measure_for,
    packed,
    whole,
)
from chimera.conversations.encoding import decode_parts
from chimera.conversations.repository import KeptMessages
from chimera.conversations.service.meanings import Meanings
from chimera.conversations.service.summarising import Summaries
from chimera.conversations.states import MessageStatus
from chimera.conversations.steps.noted import NOTHING, Taken
from chimera.conversations.tables import MessageRow
from chimera.gateway.call import Target
from chimera.gateway.tokens import Factors
from chimera.kit.scope import Scope
from chimera.llm import Request, Text
from chimera.store import Database

Recall: TypeAlias = Callable[[Scope, UUID, str], Awaitable[Sequence[Remembered]]]
"""What is remembered of who asks and matters to a question in a conversation, the weightiest first."""


# Of the room that the latest rounds have, so much is theirs where the person speaks of something new.
_OF_OLD_TOPIC: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is asked, and where.

    Attributes:
        path: Messages of the conversation, root first; the last is what is asked.
        asked: Everything of the question but its messages.
        taken: What the steps before it came to.
    """

    conversation_id: UUID
    path: Sequence[MessageRow]
    asked: Request
    taken: Taken = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Makes the question of a turn.

    Attributes:
        target: Who is asked under a name; of `auto`, what any of those can do who may be chosen.
        factors: What was learned of how a provider's model counts.
        meanings: Compares what is meant; without them words alone are compared.
        summaries: Makes summaries; without them there are none.
        recall: Knows what is remembered of people; without it nothing is.
    """

    database: Database
    target: Callable[[Scope, str], Target | None] = lambda _scope, _model: None
    factors: Callable[[str, str], Factors] = lambda _provider, _model: {}
    budget: Budget = field(default_factory=Budget)
    meanings: Meanings | None = None
    summaries: Summaries | None = None
    recall: Recall | None = None

    async def compose(self, scope: Scope, telling: Telling, target: Target | None = None) -> Context:
        """The question with what is shown of the conversation.

        Args:
            scope: Whose it is.
            telling: What is asked, and where.
            target: Who is to answer; left out, whoever goes by the name that is asked.
        """
        said = [said_of(row) for row in telling.path]
        conversation_id, taken = telling.conversation_id, telling.taken
        aim, estimating = self._aims(telling, target or self.target(scope, telling.asked.model))
        query = taken.query or _asked_last(said)
        aim, estimating = replace(aim, query=query), replace(estimating, query=query)
        if self.recall is not None and said and taken.looks:
            room = min(aim.budget.memory_tokens, int(aim.limit * aim.budget.memory_share))
            found = await self.recall(scope, conversation_id, query or said[-1].text)
            memories = fitting(found, estimating.measure, room)
            aim, estimating = replace(aim, memories=memories), replace(estimating, memories=memories)
        context = await asyncio.to_thread(whole, said, estimating)
        if context.report.too_long:
            context = await asyncio.to_thread(whole, said, aim)
        if self.meanings is not None:
            self.meanings.foresee(scope, conversation_id, said, context.report.tokens.total)
        if not context.report.too_long:
            return _reported(context, taken)
        if self.summaries is not None:
            self.summaries.foresee(scope, conversation_id, said)
        if self.meanings is not None and said and taken.looks:
            aim = replace(aim, vector=await self.meanings.of_question(query or said[-1].text))
        if aim.vector:
            said = await self._with_vectors(scope, conversation_id, said)
        return _reported(await asyncio.to_thread(packed, said, aim), taken)

    def _aims(self, telling: Telling, found: Target | None) -> tuple[Aim, Aim]:
        """The aim, and the same by estimate."""
        asked, taken, budget = telling.asked, telling.taken, self.budget
        if taken.turns_away:
            budget = replace(budget, history_share=budget.history_share * _OF_OLD_TOPIC)
        window = found.card.context_tokens if found and found.card else None
        provider, model = (found.provider, found.model) if found else ("", asked.model)
        factors = self.factors(provider, model)
        aim = Aim(
            asked=asked,
            window=window or UNKNOWN_WINDOW,
            measure=measure_for(model, factors),
            budget=budget,
            target=found.id if found else asked.model,
            looks=taken.looks,
        )
        return aim, replace(aim, measure=estimate_for(model, factors))

    async def _with_vectors(self, scope: Scope, conversation_id: UUID, said: Sequence[Said]) -> list[Said]:
        async with self.database.reading(scope) as tx:
            vectors = await KeptMessages(tx, scope).vectors(conversation_id)
        return [replace(one, vectors=vectors.get(one.id, b"")) if one.id else one for one in said]


def _asked_last(said: Sequence[Said]) -> str:
    """What a person asked last, and not what is added so that a model goes on."""
    last = next((one for one in reversed(said) if one.role == "user" and one.id is not None), None)
    return "" if last is None or last is said[-1] else last.text


def _reported(context: Context, taken: Taken) -> Context:
    """With what the steps came to."""
    searched = taken.query if taken.looks else ""
    if taken.guess is None:
        return replace(context, searched=searched)
    report = changed(context.report, intent=taken.guess.intent, intent_by=taken.guess.by)
    return replace(context, report=report, searched=searched)


def said_of(row: MessageRow) -> Said:
    """A message as the context engine looks at it."""
    return Said(
        role="assistant" if row.role == "assistant" else "user",
        parts=decode_parts(row.parts),
        status=MessageStatus(row.status),
        id=row.id,
        at=row.created_at,
        pinned=row.pinned,
        summary=row.summary,
        model=row.model or "",
    )


def system_of(prompt: str | None) -> tuple[Text, ...]:
    """A system prompt, if it says anything."""
    return (Text(text=prompt),) if prompt and prompt.strip() else ()

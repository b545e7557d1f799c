"""Conversations as things: made, found, renamed, deleted, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from chimera.conversations.bus import (
    CHANGE_NOTE,
    TURN_NOTE,
    EventBus,
    end_topic,
    journal_topic,
    room_topic,
    stop_topic,
    tell_person,
)
from chimera.conversations.context import ContextReport
from chimera.conversations.encoding import decode_context
from chimera.conversations.errors import NoContextError
from chimera.conversations.keeping.holding import Holds, check_free, checked
from chimera.conversations.prompted import casting
from chimera.conversations.repository import KeptConversations, KeptMessages, KeptTurns, Wanted
from chimera.conversations.service.views import ConversationView, MessagesView
from chimera.conversations.shelves.repository import KeptTagged, KeptTags
from chimera.conversations.states import TitledBy
from chimera.conversations.steps.noted import decode_noted
from chimera.conversations.steps.settings import OwnSteps, encode_own
from chimera.conversations.tables import ConversationRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.prompts.bodies import PromptUse, encode_body
from chimera.store import Database, Transaction

EVERYTHING: Final = Wanted()


class ConversationChange(Struct, frozen=True, kw_only=True):
    """What should become of a conversation's settings; what is unset stays."""

    title: str | UnsetType | None = UNSET
    model: str | UnsetType | None = UNSET
    system_prompt: str | UnsetType | None = UNSET
    temperature: float | UnsetType | None = UNSET
    fallback_model: str | UnsetType | None = UNSET
    prompt: PromptUse | UnsetType | None = UNSET
    temporary: bool | UnsetType = UNSET
    steps: OwnSteps | UnsetType | None = UNSET

    def apply(self, row: ConversationRow) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, PromptUse):
                row.prompt = encode_body(value)
            elif isinstance(value, OwnSteps):
                row.steps = encode_own(value)
            elif name == "title" and value is not UNSET:
                row.title, row.titled_by = value or "", TitledBy.PERSON.value if value else None
            elif value is not UNSET:
                setattr(row, name, value)


def new_conversation(scope: Scope, profile: ConversationChange, now: datetime) -> ConversationRow:
    row = ConversationRow(id=new_id(), owner_id=scope.actor_id, title="", created_at=now, updated_at=now)
    profile.apply(row)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """Every method raises ConversationNotFoundError for a conversation that is not there or is another's."""

    database: Database
    bus: EventBus
    holds: Holds
    clock: Callable[[], datetime]

    async def create(
        self, scope: Scope, profile: ConversationChange, persona_id: UUID | None = None
    ) -> ConversationView:
        """Begin one, with a persona or without. Raises what `casting.begin` does."""
        row = new_conversation(scope, profile, self.clock())
        async with self.database.transaction(scope) as tx:
            await casting.begin(tx, scope, row, persona_id)
            await KeptConversations(tx, scope).add(row)
        await tell_person(self.bus, scope, row.id)
        return ConversationView(row=row, message_count=0, active_turn_ids=())

    async def get(self, scope: Scope, id: UUID) -> ConversationView:
        async with self.database.reading(scope) as tx:
            row = await KeptConversations(tx, scope).found(id)
            return (await views_of(tx, scope, [row]))[0]

    async def recent(
        self,
        scope: Scope,
        *,
        limit: int,
        cursor: str | None = None,
        wanted: Wanted = EVERYTHING,
        tag: str | None = None,
    ) -> tuple[list[ConversationView], str | None]:
        """A page, newest activity first, and the cursor of the next one.

        Raises:
            InvalidRequestError: if the cursor is none of ours.
        """
        async with self.database.reading(scope) as tx:
            if tag is not None:
                named = await KeptTags(tx, scope).named([tag])
                if not named:
                    return [], None
                wanted = replace(wanted, tag_id=named[0].id)
            page = await KeptConversations(tx, scope).recent(wanted, cursor=cursor, limit=limit)
            return await views_of(tx, scope, page.rows), page.next_cursor

    async def change(self, scope: Scope, id: UUID, change: ConversationChange) -> ConversationView:
        async with self.database.transaction(scope) as tx:
            row = await KeptConversations(tx, scope).locked(id)
            change.apply(row)
            if isinstance(change.prompt, PromptUse):
                await casting.check(tx, scope, row)
            await tx.flush()
            view = (await views_of(tx, scope, [row]))[0]
        if change.title is not UNSET:
            await self.bus.publish(room_topic(id), CHANGE_NOTE)
        await tell_person(self.bus, scope, id)
        return view

    async def delete(self, scope: Scope, id: UUID) -> None:
        """Delete it with all its messages and journals; an answer that is being written is stopped and dropped.

        Raises:
            ConversationHeldError: if a legal hold keeps it.
        """
        async with self.database.transaction(scope) as tx:
            bound = await checked(tx, scope, self.holds)
            conversations, turns, messages = (
                KeptConversations(tx, scope),
                KeptTurns(tx, scope),
                KeptMessages(tx, scope),
            )
            check_free(bound, await conversations.locked(id))
            running = await turns.running([id])
            # In the order in which writers take their locks.
            await turns.remove_all(id)
            await messages.remove_all(id)
            await conversations.delete(id)
        for turn_id in running.get(id, ()):
            for topic in (stop_topic(turn_id), journal_topic(turn_id), end_topic(turn_id)):
                await self.bus.publish(topic)
        await self.bus.publish(room_topic(id), TURN_NOTE)
        await tell_person(self.bus, scope, id)

    async def context(self, scope: Scope, id: UUID, message_id: UUID) -> tuple[ContextReport, str]:
        """What the model was shown for an answer; and what was looked for, where that is not the message itself.

        Raises:
            MessageNotFoundError: if it is no message of this conversation.
            NoContextError: if it is no answer, or nobody kept what led to it.
        """
        async with self.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(id)
            message = await KeptMessages(tx, scope).found(message_id, id)
        report = decode_context(message.context)
        if report is None:
            raise NoContextError("There is none: it is no answer, or it was not kept what led to it.")
        return report, decode_noted(message.steps).searched

    async def pin(self, scope: Scope, id: UUID, message_id: UUID) -> None:
        """Let models be shown a message, however long the conversation gets.

        Raises:
            MessageNotFoundError: if it is no message of this conversation.
        """
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(id)
            (await KeptMessages(tx, scope).found(message_id, id)).pinned = True

    async def unpin(self, scope: Scope, id: UUID, message_id: UUID) -> None:
        """Raises MessageNotFoundError: if it is no message of this conversation."""
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(id)
            (await KeptMessages(tx, scope).found(message_id, id)).pinned = False

    async def messages(
        self, scope: Scope, id: UUID, *, limit: int, before: UUID | None = None, leaf: UUID | None = None
    ) -> MessagesView:
        """The end of the branch that is shown, or of one that ends with a leaf, or what lies before a message.

        Raises:
            MessageNotFoundError: if one of them is no message of this conversation.
        """
        async with self.database.reading(scope) as tx:
            shown = (await KeptConversations(tx, scope).found(id)).leaf_id
            messages = KeptMessages(tx, scope)
            if before is not None:
                shown = (await messages.found(before, id)).parent_id
            elif leaf is not None:
                shown = (await messages.found(leaf, id)).id
            rows = await messages.path(shown, limit=limit + 1)
            siblings = await messages.siblings(rows[-limit:])
        return MessagesView(rows=rows[-limit:], has_more=len(rows) > limit, siblings=siblings)


async def views_of(tx: Transaction, scope: Scope, rows: Sequence[ConversationRow]) -> list[ConversationView]:
    ids = [row.id for row in rows]
    counts = await KeptMessages(tx, scope).counts(ids)
    running = await KeptTurns(tx, scope).running(ids)
    tags = await KeptTagged(tx, scope).names(ids)
    return [
        ConversationView(
            row=row,
            message_count=counts.get(row.id, 0),
            active_turn_ids=running.get(row.id, ()),
            tags=tags.get(row.id, ()),
        )
        for row in rows
    ]

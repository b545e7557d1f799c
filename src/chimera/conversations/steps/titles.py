"""Titles by a cheap model: after the first exchange, or whenever somebody asks for one."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chimera.conversations.bus import CHANGE_NOTE, EventBus, room_topic, tell_person
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.states import TitledBy
from chimera.conversations.steps import titling
from chimera.conversations.steps.moment import text_of
from chimera.conversations.steps.small_calls import origin_of
from chimera.conversations.steps.taking import Steps
from chimera.conversations.title import title_of
from chimera.kit.scope import Scope
from chimera.store import Database

TITLE: Final = "title"
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """No transaction is held while the model speaks: a title that a person gives meanwhile stays."""

    database: Database
    bus: EventBus
    steps: Steps

    async def after_exchange(self, scope: Scope, conversation_id: UUID, model: str) -> None:
        """Name a conversation that is named by its first words still; leave it so if nobody can."""
        asked, answered = await self._begun(scope, conversation_id)
        if not answered:
            return
        title = await self._by_model(scope, conversation_id, model, (asked, answered))
        if title:
            await self._keep(scope, conversation_id, title, TitledBy.MODEL, replaces={TitledBy.WORDS})

    async def anew(self, scope: Scope, conversation_id: UUID) -> None:
        """Name a conversation because somebody wants it, whoever named it before; by its first words if need be.

        Raises:
            ConversationNotFoundError: also when it is another's.
        """
        async with self.database.reading(scope) as tx:
            own = (await KeptConversations(tx, scope).found(conversation_id)).steps
        asked, answered = await self._begun(scope, conversation_id)
        if not asked.strip():
            return
        model = (await self.steps.switches(scope, own)).model
        title = await self._by_model(scope, conversation_id, model, (asked, answered)) if model else ""
        by = TitledBy.MODEL if title else TitledBy.WORDS
        await self._keep(scope, conversation_id, title or title_of(asked), by, replaces=set(TitledBy))

    async def _begun(self, scope: Scope, conversation_id: UUID) -> tuple[str, str]:
        """What was asked first on the branch that is shown, and answered; and what was asked there last."""
        async with self.database.reading(scope) as tx:
            leaf = (await KeptConversations(tx, scope).found(conversation_id)).leaf_id
            path = await KeptMessages(tx, scope).path(leaf)
        asked = [text_of(row) for row in path if row.role == "user"]
        answered = next((text for row in path if row.role != "user" and (text := text_of(row)).strip()), "")
        return "\n\n".join(dict.fromkeys([*asked[:1], *asked[-1:]])), answered

    async def _by_model(self, scope: Scope, conversation_id: UUID, model: str, begun: tuple[str, str]) -> str:
        request, origin = titling.question(model, *begun), origin_of(TITLE, conversation_id)
        return titling.cleaned(await self.steps.calls.ask(scope, request, origin, patience_s=_PATIENCE_S))

    async def _keep(
        self, scope: Scope, conversation_id: UUID, title: str, by: TitledBy, *, replaces: set[TitledBy]
    ) -> None:
        async with self.database.transaction(scope) as tx:
            row = await KeptConversations(tx, scope).locked(conversation_id)
            if TitledBy(row.titled_by or TitledBy.PERSON) not in replaces:
                return
            row.title, row.titled_by = title, by.value
        await self.bus.publish(room_topic(conversation_id), CHANGE_NOTE)
        await tell_person(self.bus, scope, conversation_id)

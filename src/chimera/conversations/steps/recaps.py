"""Recaps: a short note on what was said so far, kept with the last message that it tells of."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chimera.conversations.bus import CHANGE_NOTE, EventBus, room_topic, tell_person
from chimera.conversations.errors import MessageNotFoundError
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.steps import recapping
from chimera.conversations.steps.recapping import Recap, encode_recap
from chimera.conversations.steps.small_calls import origin_of
from chimera.conversations.steps.taking import Steps
from chimera.kit.scope import Scope
from chimera.store import Database

RECAP: Final = "recap"
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recaps:
    """No transaction is held while the model speaks."""

    database: Database
    bus: EventBus
    steps: Steps

    async def make(self, scope: Scope, conversation_id: UUID) -> tuple[UUID, Recap]:
        """Tell what was said on the branch that is shown; with which message it is kept, and the recap.

        Raises:
            ConversationNotFoundError: also when it is another's.
            MessageNotFoundError: if nothing was said yet.
        """
        async with self.database.reading(scope) as tx:
            conversation = await KeptConversations(tx, scope).found(conversation_id)
            path = await KeptMessages(tx, scope).path(conversation.leaf_id)
        if not path:
            raise MessageNotFoundError("Nothing was said in this conversation yet.")
        summary, since = recapping.material(path)
        model, text = (await self.steps.switches(scope, conversation.steps)).model, ""
        if model is not None:
            request, origin = recapping.question(model, summary, since), origin_of(RECAP, conversation_id)
            text = recapping.cleaned(await self.steps.calls.ask(scope, request, origin, patience_s=_PATIENCE_S))
        recap = Recap(text=text, by="model") if text else Recap(text=recapping.by_words(summary, since), by="words")
        async with self.database.transaction(scope) as tx:
            await KeptMessages(tx, scope).keep_recap(path[-1].id, encode_recap(recap))
        await self.bus.publish(room_topic(conversation_id), CHANGE_NOTE)
        await tell_person(self.bus, scope, conversation_id)
        return path[-1].id, recap

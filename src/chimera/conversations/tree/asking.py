"""What was asked before is asked again: of another model, of several at once, or to end what was cut."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from chimera.conversations.encoding import decode_parts
from chimera.conversations.errors import AnswerCompleteError, MessageNotFoundError
from chimera.conversations.repository import KeptMessages
from chimera.conversations.service import Question, Saying, Turns, TurnView
from chimera.conversations.service.opening import asked_row
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.kit.scope import Scope
from chimera.llm import FinishReason, Text
from chimera.store import Transaction

_CUT: Final = frozenset({MessageStatus.INTERRUPTED, MessageStatus.STOPPED, MessageStatus.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Every method raises what `Turns.ask` raises, and MessageNotFoundError for no message of the conversation."""

    turns: Turns

    async def again(self, scope: Scope, conversation_id: UUID, message_id: UUID, saying: Saying) -> TurnView:
        """Have a question answered once more, beside the answers that it has. An answer stands for its question."""

        async def find(tx: Transaction, _: ConversationRow) -> Sequence[Question]:
            asked = await _question(tx, scope, conversation_id, message_id)
            return [Question(row=asked, saying=saying, is_kept=True, anew=True)]

        (taken,) = await self.turns.ask(scope, conversation_id, find)
        return taken

    async def go_on(self, scope: Scope, conversation_id: UUID, message_id: UUID, saying: Saying) -> TurnView:
        """Have an answer that was cut ended, in an answer beside it that begins with its words.

        Raises:
            AnswerCompleteError: if it was not cut, or there is nothing of it.
        """

        async def find(tx: Transaction, _: ConversationRow) -> Sequence[Question]:
            cut = await KeptMessages(tx, scope).found(message_id, conversation_id)
            begun = _begun(cut)
            if not begun:
                raise AnswerCompleteError("Only an answer that was cut can be continued. Ask for another one instead.")
            asked = await _question(tx, scope, conversation_id, message_id)
            again = replace(saying, model=saying.model or cut.model)
            return [Question(row=asked, saying=again, is_kept=True, anew=True, begun=begun)]

        (taken,) = await self.turns.ask(scope, conversation_id, find)
        return taken

    async def compare(
        self, scope: Scope, conversation_id: UUID, saying: Saying, models: Sequence[str]
    ) -> list[TurnView]:
        """Say something to several models, each of which answers it in a turn of its own, all at once."""

        async def find(tx: Transaction, conversation: ConversationRow) -> Sequence[Question]:
            row = await asked_row(tx, scope, conversation, saying)
            return [
                Question(row=row, saying=replace(saying, model=model), slot=slot, is_kept=slot > 0, beside=True)
                for slot, model in enumerate(models)
            ]

        return await self.turns.ask(scope, conversation_id, find, send_id=saying.send_id)

    async def compare_again(
        self, scope: Scope, conversation_id: UUID, message_id: UUID, saying: Saying, models: Sequence[str]
    ) -> list[TurnView]:
        """As `again`, of several models at once."""

        async def find(tx: Transaction, _: ConversationRow) -> Sequence[Question]:
            asked = await _question(tx, scope, conversation_id, message_id)
            return [
                Question(row=asked, saying=replace(saying, model=model), slot=slot, is_kept=True, anew=True)
                for slot, model in enumerate(models)
            ]

        return await self.turns.ask(scope, conversation_id, find)


async def _question(tx: Transaction, scope: Scope, conversation_id: UUID, message_id: UUID) -> MessageRow:
    messages = KeptMessages(tx, scope)
    message = await messages.found(message_id, conversation_id)
    if message.role == "user":
        return message
    if message.parent_id is None:
        raise MessageNotFoundError("There is no question before this message.")
    return await messages.found(message.parent_id, conversation_id)


def _begun(cut: MessageRow) -> str:
    """The words of an answer that was cut; none of one that was not."""
    if cut.role != "assistant" or (cut.status not in _CUT and cut.finish_reason != FinishReason.LENGTH):
        return ""
    text = "".join(part.text for part in decode_parts(cut.parts) if isinstance(part, Text))
    return text if text.strip() else ""

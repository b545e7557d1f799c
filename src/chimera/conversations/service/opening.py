"""What is kept of a turn before a model is asked: the question, the answer that is to be, and the turn itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from chimera.conversations.encoding import encode_parts
from chimera.conversations.journal import TurnStarted
from chimera.conversations.repository import KeptMessages
from chimera.conversations.service.composing import system_of
from chimera.conversations.states import MessageStatus
from chimera.conversations.steps.afterwards import Ended
from chimera.conversations.tables import ConversationRow, FolderRow, MessageRow, TurnRow
from chimera.gateway.call import Call
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Image, Part, Request, Sampling, Text
from chimera.prompts.bodies import PromptUse
from chimera.prompts.service import Resolved
from chimera.store import Transaction

_GO_ON: Final = (
    "Your last message was cut off before it was complete. Go on exactly where it ends, with the very next character: "
    "repeat nothing of it, and say nothing about having been interrupted."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a person says, and how it should be answered; `None` leaves it to the conversation.

    Attributes:
        text: Empty where a question is asked again.
        temporary: Whether a new conversation is.
        parent_id: The message after which it is said; `None` at the root, unset at the end of the branch that is shown.
        prompt: Of the library, for this answer; a new conversation keeps it.
        persona_id: Whom a new conversation begins with.
        send_id: A name that its sender gave it, under which it is said once in a conversation.
    """

    text: str = ""
    images: tuple[str, ...] = ()
    model: str | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    system_prompt: str | None = None
    fallback_model: str | None = None
    temporary: bool = False
    parent_id: UUID | UnsetType | None = UNSET
    prompt: PromptUse | None = None
    persona_id: UUID | None = None
    send_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to be asked of one model.

    Attributes:
        row: The message that asks.
        saying: How it should be answered.
        is_kept: Whether the message is kept already.
        anew: Whether an answer that was given before will not do.
        slot: The turn's place among those that are written at once.
        beside: Whether there are others that are written at once.
        begun: Words that the answer begins with, and goes on from.
    """

    row: MessageRow
    saying: Saying
    is_kept: bool = False
    anew: bool = False
    slot: int = 0
    beside: bool = False
    begun: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A turn that nobody writes yet.

    Attributes:
        path: From the root to what is asked.
        begun: As the question's.
        prompt: What it is answered with, of the library.
        own: What the conversation says itself of the steps around its turns, as it is kept.
        untitled: Whether the conversation is named by its first words alone.
        may_ask_back: Whether something may be asked back instead of an answer.
    """

    turn: TurnRow
    answer: MessageRow
    call: Call
    path: Sequence[MessageRow]
    begun: str = ""
    prompt: Resolved | None = None
    own: str | None = None
    untitled: bool = False
    may_ask_back: bool = False


def said_row(conversation: ConversationRow, turn_id: UUID, text: str, images: Sequence[str]) -> MessageRow:
    """What a person says at the end of a conversation, as a message of a turn."""
    parts: tuple[Part, ...] = (*(Image(url=url) for url in images), Text(text=text))
    return MessageRow(
        id=new_id(),
        conversation_id=conversation.id,
        parent_id=conversation.leaf_id,
        turn_id=turn_id,
        role="user",
        parts=encode_parts(parts),
        status=MessageStatus.COMPLETE.value,
    )


async def asked_row(tx: Transaction, scope: Scope, conversation: ConversationRow, saying: Saying) -> MessageRow:
    """As `said_row`, where the saying wants it to be.

    Raises:
        MessageNotFoundError: if that is after no message of this conversation.
    """
    row = said_row(conversation, new_id(), saying.text, saying.images)
    if saying.parent_id is not UNSET:
        row.parent_id = saying.parent_id
        if saying.parent_id is not None:
            await KeptMessages(tx, scope).found(saying.parent_id, conversation.id)
    return row


def answer_row(asked: MessageRow, turn_id: UUID, model: str) -> MessageRow:
    return MessageRow(
        id=new_id(),
        conversation_id=asked.conversation_id,
        parent_id=asked.id,
        turn_id=turn_id,
        role="assistant",
        parts=encode_parts(()),
        status=MessageStatus.STREAMING.value,
        model=model,
    )


def started(turn: TurnRow) -> TurnStarted:
    return TurnStarted(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        user_message_id=turn.user_message_id,
        message_id=turn.message_id,
        model=turn.model,
    )


def ended_of(opened: Opened) -> Ended:
    """The turn once it is over."""
    return Ended(
        conversation_id=opened.turn.conversation_id,
        own=opened.own,
        exchanges=sum(row.role == "user" for row in opened.path),
        untitled=opened.untitled,
    )


def request_of(conversation: ConversationRow, saying: Saying, model: str, folder: FolderRow | None) -> Request:
    """All of the question but its messages. What the conversation does not say its folder does."""
    prompt = saying.system_prompt or conversation.system_prompt or (folder.system_prompt if folder else None)
    temperature = conversation.temperature if saying.temperature is None else saying.temperature
    return Request(
        model=model,
        messages=(),
        system=system_of(prompt),
        sampling=Sampling(temperature=temperature, max_output_tokens=saying.max_output_tokens),
    )


def going_on(path: Sequence[MessageRow], begun: str) -> list[MessageRow]:
    """A path on which the model is asked to end what it began. What is added is kept nowhere."""
    added = (("assistant", begun), ("user", _GO_ON))
    return [*path, *(_passing(role, text) for role, text in added)]


def _passing(role: str, text: str) -> MessageRow:
    return MessageRow(
        role=role, parts=encode_parts((Text(text=text),)), status=MessageStatus.COMPLETE.value, pinned=False
    )

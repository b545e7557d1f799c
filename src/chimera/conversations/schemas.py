"""Shapes of the HTTP API of this package."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.answer_schemas import ChoiceRead, FeedbackRead
from chimera.conversations.fields import MAX_IMAGES, Count, ImageUrl, Model, Prompt, Said, Temperature, Title
from chimera.conversations.panels.state import Role
from chimera.conversations.prompted.schemas import AnsweredWithRead, CastRead
from chimera.conversations.states import ConversationState, MessageStatus, TitledBy, TurnStatus
from chimera.conversations.steps.schemas import ClarificationRead, RecapNoteRead, StepsSetting
from chimera.prompts.persona_schemas import UsedPromptRead
from chimera.prompts.schemas import PromptUseSetting


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class ConversationWrite(_Body):
    """Settings of a conversation. What a message does not say itself is taken from here."""

    title: Title | None = Field(None, description="Made from the first message when none is given.", examples=["Skies"])
    model: Model | None = Field(None, description="Model that answers; the installation's default when empty.")
    system_prompt: Prompt | None = Field(None, description="Instructions before the first message.")
    temperature: Temperature | None = Field(None, description="How freely words are drawn, 0 to 2.")
    fallback_model: Model | None = Field(None, description="Model that is asked when the first one cannot answer.")
    prompt: PromptUseSetting | None = Field(None, description="Prompt of the library that goes before `system_prompt`.")
    temporary: StrictBool = Field(
        default=False,
        description="Whether it is kept for a short time only, listed and found nowhere.",
        examples=[False],
    )
    steps: StepsSetting | None = Field(None, description="Steps around its turns, where they differ from the policy's.")


class ConversationCreate(ConversationWrite):
    """A new conversation."""

    persona_id: UUID | None = Field(None, description="Persona that it begins with; what is said here goes before.")


class Placed(_Body):
    """Where something is said."""

    parent_id: UUID | None = Field(
        None,
        description="Message after which it is said, to begin another branch: null before all others; where the branch "
        "that is shown ends when left out.",
    )


class Sent(_Body):
    """What is said once, however often it is sent."""

    send_id: UUID | None = Field(
        None,
        description="A name of your own for what is sent. Sent again under it in this conversation, it is not said "
        "again: the turns that were begun are the answer.",
        examples=["0199c3f4-0000-7000-8000-000000000001"],
    )


class MessageWrite(Placed, Sent):
    """What a person says, and how it should be answered."""

    text: Said = Field(description="The message, in Markdown or plain text.")
    images: tuple[ImageUrl, ...] = Field(
        (), max_length=MAX_IMAGES, description="Pictures (PNG, JPEG, GIF, WebP) as base64 data URLs, 10 MiB each."
    )
    model: Model | None = Field(None, description="Model for this answer only.")
    temperature: Temperature | None = Field(None, description="For this answer only.")
    max_tokens: Count | None = Field(None, description="Most tokens to write.", examples=[1024])
    stream: bool = Field(
        default=False, strict=True, description="Answer with server-sent events instead of waiting for the end."
    )
    fallback_model: Model | None = Field(None, description="For this answer only.")
    prompt: PromptUseSetting | None = Field(None, description="Prompt of the library, for this answer only.")


class ChatWrite(_Body):
    """One question, in a new conversation or an old one."""

    message: Said = Field(description="The message, in Markdown or plain text.")
    conversation_id: UUID | None = Field(None, description="Continues this conversation; a new one is made without.")
    model: Model | None = Field(None, description="Model that answers; kept by a new conversation.")
    temperature: Temperature | None = Field(None, description="Kept by a new conversation.")
    max_tokens: Count | None = Field(None, description="Most tokens to write.", examples=[1024])
    stream: bool = Field(
        default=False, strict=True, description="Answer with server-sent events instead of waiting for the end."
    )
    system_prompt: Prompt | None = Field(None, description="Kept by a new conversation; else for this answer only.")
    fallback_model: Model | None = Field(None, description="Kept by a new conversation.")
    prompt: PromptUseSetting | None = Field(None, description="Kept by a new conversation; else for this answer only.")
    persona_id: UUID | None = Field(None, description="Persona that a new conversation begins with.")
    temporary: StrictBool = Field(default=False, description="Whether a new conversation is.", examples=[False])


class ConversationRead(_Read):
    """A conversation."""

    id: UUID
    title: str = Field(examples=["Why is the sky blue?"])
    model: str | None = Field(examples=["openai/gpt-5"])
    system_prompt: str | None
    temperature: float | None
    fallback_model: str | None
    prompt: UsedPromptRead | None = Field(description="Prompt of the library that goes before `system_prompt`")
    persona: CastRead | None
    created_at: datetime
    updated_at: datetime = Field(description="When something was last said in it.")
    has_panel: bool = Field(description="Whether several models speak in it: see its panel.")
    folder_id: UUID | None
    tags: list[str] = Field(examples=[["physics"]])
    pinned: bool = Field(description="Whether it stands above the others.")
    archived: bool = Field(description="Whether it is put away.")
    temporary: bool = Field(description="Whether it is kept for a short time only, listed and found nowhere.")
    state: ConversationState = Field(description="`retired`: its words were deleted; `archived` is another thing.")
    state_since: datetime
    titled_by: TitledBy | None = Field(description="Who gave it its title; null where it came with one.")
    steps: StepsSetting
    message_count: int
    active_turn_id: UUID | None = Field(description="The turn whose answer is being written now.")
    active_turn_ids: list[UUID] = Field(description="All of these, where several models answer side by side.")
    forked_from_id: UUID | None = Field(description="The conversation whose messages it began with.")
    forked_at_id: UUID | None = Field(description="The last of these, by its id there.")


class ConversationPage(_Read):
    """Conversations, newest activity first."""

    data: list[ConversationRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class TextRead(_Read):
    type: Literal["text"] = "text"
    text: str


class ThinkingRead(_Read):
    """Reasoning that the model showed."""

    type: Literal["thinking"] = "thinking"
    text: str


class ImageRead(_Read):
    type: Literal["image"] = "image"
    url: str


class ToolCallRead(_Read):
    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str = Field(description="JSON text as the model wrote it.")


class ToolResultRead(_Read):
    type: Literal["tool_result"] = "tool_result"
    call_id: str
    text: str
    is_error: bool


PartRead: TypeAlias = Annotated[
    TextRead | ThinkingRead | ImageRead | ToolCallRead | ToolResultRead, Field(discriminator="type")
]


class UsageRead(_Read):
    """Tokens of one answer; cached ones are part of the input, reasoning is part of the output."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int


class FailureRead(_Read):
    """What ended an answer before its time."""

    code: str = Field(examples=["provider_rate_limited"])
    detail: str


class SpeechRead(_Read):
    """Who of a panel said something, and why it was asked."""

    participant_id: UUID
    handle: str = Field(examples=["Ada"])
    role: Role = Field(description="In which capacity; `choice` and `bid` are said to the panel alone")
    round: int
    why: str = Field(description="Why this speaker", examples=["It is Ada's turn in round 1."])
    impersonated: str | None = Field(description="For whom the model went on to write: that was cut")
    replaced: bool = Field(description="It was asked for again; nobody is shown it any more")


class MessageRead(_Read):
    """A message. `parent_id` is the one before it."""

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    role: Literal["user", "assistant"]
    parts: list[PartRead]
    model: str | None
    status: MessageStatus
    finish_reason: str | None = Field(examples=["stop"])
    usage: UsageRead | None
    cost_usd: str | None = Field(
        description="What the answer cost, failed attempts included; null where nobody knows", examples=["0.00528"]
    )
    decision: ChoiceRead | None = Field(description="Why the model was chosen; null where somebody named it")
    prompt: AnsweredWithRead | None = Field(description="What of the library it was given with")
    pinned: bool = Field(description="Whether models are always shown it")
    error: FailureRead | None
    speech: SpeechRead | None = Field(description="Which participant of a panel said it; null for all others")
    clarification: ClarificationRead | None = Field(description="Set where it asks back instead of answering")
    recap: RecapNoteRead | None = Field(description="What was said up to it, for people: no model is shown it")
    cache: str | None = Field(description="`exact`, `semantic` or `joined` where no provider was asked")
    feedback: FeedbackRead | None
    memories: list[UUID] = Field(
        description="What is remembered of the person and was shown to the model: see `/api/v1/memories`"
    )
    created_at: datetime


class PlacedMessageRead(MessageRead):
    """A message, and what else was said in its place."""

    siblings: list[UUID] = Field(
        description="All messages that follow the same one, itself too, oldest first: questions that were edited, "
        "answers that were given again."
    )
    sibling_index: int = Field(description="Its place among these, from 0.", examples=[0])


class MessagePage(_Read):
    """A stretch of the branch that is shown, oldest first."""

    data: list[PlacedMessageRead]
    has_more: bool = Field(description="Whether there are older ones: ask with `before` set to the first id here.")


class Problem(_Read):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    retry_after_s: float | None = None


class TurnRead(_Read):
    """One question and the writing of its answer."""

    id: UUID
    conversation_id: UUID
    status: TurnStatus
    user_message_id: UUID
    message: MessageRead | None
    error: Problem | None

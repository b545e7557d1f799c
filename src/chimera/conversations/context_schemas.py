"""Shapes of what a model was shown of a conversation for an answer."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContextTokensRead(_Read):
    """Tokens by part, counted as the model counts; at most so many where its vocabulary is not public."""

    system: int = Field(description="The system prompt", examples=[120])
    pinned: int = Field(description="Pinned messages that are not among the latest", examples=[80])
    summary: int = Field(description="What was said earlier, in short", examples=[310])
    history: int = Field(description="The latest messages", examples=[1_900])
    memories: int = Field(description="What is remembered of the person beyond this conversation", examples=[90])
    retrieved: int = Field(description="Passages of earlier messages that the question may be about", examples=[4_700])
    question: int = Field(description="What was asked", examples=[40])
    total: int = Field(description="Of all of it, as it was sent", examples=[7_150])


class ContextRead(_Read):
    """What the model was shown of the conversation when it gave an answer."""

    model: str = Field(examples=["openai/gpt-5"])
    window_tokens: int = Field(description="The model's window, or what was assumed of it", examples=[12_000])
    limit_tokens: int = Field(description="Most that the context might have", examples=[8_000])
    tokens: ContextTokensRead
    whole: bool = Field(description="Whether the conversation was sent as it is")
    history_from: UUID | None = Field(description="First of the latest messages, which were sent in full")
    history: int = Field(description="How many these are, the question among them", examples=[12])
    pinned: list[UUID] = Field(description="Sent because somebody pinned them")
    retrieved: list[UUID] = Field(description="Sent, or passages of them, because the question may be about them")
    compressed: list[UUID] = Field(description="Sent with shortened attachments and results of tools")
    summarised_to: UUID | None = Field(description="The summary tells of the messages up to this one")
    memories: list[UUID] = Field(description="Shown of what is remembered of the person: see `/api/v1/memories`")
    left_out: int = Field(description="Messages of which no word was sent, but for the summary", examples=[210])
    meaning: bool = Field(description="Whether earlier messages were looked through by meaning, not by words alone")
    too_long: bool = Field(description="Whether even what must be sent was longer than the limit")
    intent: str = Field(description="What the message wanted; empty where nobody was to tell", examples=["follow_up"])
    intent_by: str = Field(description="Who told: `rules`, `meaning` or `model`", examples=["rules"])
    searched: str | None = Field(description="What was looked for, where that is not the message itself")

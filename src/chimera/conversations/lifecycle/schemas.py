"""Shapes of the HTTP API of the life of conversations."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from chimera.conversations.states import ConversationState


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class RetiredRead(_Read):
    """What is left of a conversation whose words were deleted."""

    messages: int = Field(description="How many there were, on all branches.", examples=[24])
    input_tokens: int = Field(examples=[18_400])
    output_tokens: int = Field(examples=[6_200])
    cost_usd: str = Field(description="As far as it was known.", examples=["0.0421"])
    models: dict[str, int] = Field(description="How many answers each gave.", examples=[{"openai/gpt-5": 12}])
    first_said_at: datetime | None
    last_said_at: datetime | None
    is_done: bool = Field(description="Whether all words are gone; until then the numbers grow.")


class LifeRead(_Read):
    """Where a conversation stands, and what will become of it if nothing is said."""

    state: ConversationState
    state_since: datetime
    quiet_since: datetime = Field(description="Since when nothing happened in it here; imported ones since then.")
    summary: str | None = Field(description="What it was about, when it was paused.", examples=["Why the sky is blue."])
    held: bool = Field(description="Whether a legal hold keeps it: then nothing of it can be deleted, by anybody.")
    pauses_at: datetime | None = Field(description="Not before; null: never, or it did.")
    completes_at: datetime | None = Field(description="Not before; null: never, or it did.")
    retires_at: datetime | None = Field(description="When its words are deleted, not before; null: never, or they are.")
    retired: RetiredRead | None

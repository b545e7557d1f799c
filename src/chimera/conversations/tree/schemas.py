"""Shapes of the HTTP API of trees."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.fields import MAX_IMAGES, Count, ImageUrl, Model, Said, Temperature, Title
from chimera.conversations.schemas import Placed, Sent, TurnRead
from chimera.conversations.states import MessageStatus

MOST_COMPARED: Final = 4


def _each_once(models: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(models)) < len(models):
        raise ValueError("must name each model once")
    return models


Models: TypeAlias = Annotated[
    tuple[Model, ...],
    Field(
        min_length=2,
        max_length=MOST_COMPARED,
        examples=[["openai/gpt-5", "anthropic/claude-sonnet-4-5"]],
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(_each_once),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class AnswerAgain(_Body):
    """How a question should be answered this time. What is not said is taken from the conversation."""

    model: Model | None = Field(None, description="For this answer only.")
    temperature: Temperature | None = Field(None, description="For this answer only.")
    max_tokens: Count | None = Field(None, description="Most tokens to write.", examples=[1024])
    stream: StrictBool = Field(
        default=False, description="Answer with server-sent events instead of waiting for the end.", examples=[True]
    )
    fallback_model: Model | None = Field(None, description="For this answer only.")


class CompareAgain(_Body):
    """Which models should answer a question that was asked."""

    models: Models = Field(description="Who answers, each in a turn of its own.")
    temperature: Temperature | None = Field(None, description="For these answers only.")
    max_tokens: Count | None = Field(None, description="Most tokens to write, each.", examples=[1024])


class CompareWrite(CompareAgain, Placed, Sent):
    """What a person says to several models."""

    text: Said = Field(description="The message, in Markdown or plain text.")
    images: tuple[ImageUrl, ...] = Field((), max_length=MAX_IMAGES, description="As of a message.")


class ComparisonRead(_Read):
    """Turns that are written at once, in the order of the models. Follow each by its events."""

    turns: list[TurnRead]


class BranchWrite(_Body):
    """Which branch should be shown."""

    message_id: UUID = Field(
        description="A message of it; the newest one under it becomes its end.",
        examples=["0199c3f4-0000-7000-8000-000000000000"],
    )


class ForkWrite(_Body):
    """Where a conversation should begin anew."""

    message_id: UUID | None = Field(None, description="The last message that is taken along; all that is shown if not.")
    title: Title | None = Field(None, description="The same when left out.", examples=["Skies, otherwise"])


class TreeNodeRead(_Read):
    """A message as a place in the tree."""

    id: UUID
    parent_id: UUID | None = Field(description="Null of those that begin the conversation.")
    role: Literal["user", "assistant"]
    model: str | None = Field(examples=["openai/gpt-5"])
    status: MessageStatus
    excerpt: str = Field(description="Its first words", examples=["Because shorter waves scatter more…"])
    pinned: bool
    created_at: datetime


class TreeRead(_Read):
    """Messages of all branches, the newest first."""

    data: list[TreeNodeRead]
    leaf_id: UUID | None = Field(description="The end of the branch that is shown and continued.")
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")

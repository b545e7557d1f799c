"""Shapes in which the steps are set and told."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from chimera.kit.numbers import number
from chimera.policies.sections.steps import Way


class StepsSetting(BaseModel):
    """Which steps are taken around the turns of a conversation; null leaves it to the organisation's policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titles: StrictBool | None = Field(None, description="A title by a model.", examples=[False])
    intent: Way | None = Field(None, description="Telling what a message wants.", examples=["local"])
    references: Way | None = Field(None, description="Looking for what “it” stands for.", examples=["local"])
    clarifying: StrictBool | None = Field(None, description="Asking back where a message may mean two things.")
    recap_every: Annotated[int, Field(ge=0, le=100), BeforeValidator(number)] | None = Field(
        None, description="Answers between two recaps; 0 for none.", examples=[10]
    )


class ClarificationRead(BaseModel):
    """That a message asks back. What is said next is joined to what was asked before."""

    model_config = ConfigDict(frozen=True)

    choices: list[str] = Field(
        description="What may be meant: say one of these, or anything else; empty where only the person can tell.",
        examples=[["Alice", "Eve"]],
    )


class RecapNoteRead(BaseModel):
    """What was said so far, in short."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="Markdown", examples=["- Why the sky is blue."])
    by: Literal["model", "words"] = Field(description="`words`: put together of what was asked, without a model")


class RecapRead(RecapNoteRead):
    """A recap that was just made, and the message with which it is kept."""

    message_id: UUID

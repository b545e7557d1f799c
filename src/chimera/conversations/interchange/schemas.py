"""Shapes of the HTTP API of this package."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Source: TypeAlias = Literal["chimera", "chatgpt", "claude", "open_webui", "librechat"]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class FailureRead(_Read):
    """A conversation that was not taken in, and why."""

    file: str = Field(description="Its file in a ZIP file; empty else", examples=["conversations.json"])
    number: int = Field(description="Its place in the file, from 1; 0 for the file itself", examples=[12])
    id: str = Field(description="Its own there, where that could be read")
    title: str = Field(examples=["Skies"])
    code: str = Field(
        description="`damaged`, `too_large`, `too_many_messages`, `unrecognised`, `invalid`, `empty` or `given_up`",
        examples=["damaged"],
    )
    detail: str = Field(examples=["It is no valid JSON."])


class WarningRead(_Read):
    """Something of a conversation that was not taken over as it was."""

    conversation_id: UUID = Field(description="Here")
    file: str
    number: int
    title: str
    detail: str = Field(examples=["2 messages have the id of another one, and were left out."])


class ImportRead(_Read):
    """What became of a file, conversation by conversation."""

    made: int = Field(description="Are new here", examples=[120])
    extended: int = Field(description="Were here, and have more messages now", examples=[2])
    unchanged: int = Field(description="Were here as they are in the file", examples=[870])
    deleted: int = Field(description="Were here once and were deleted: `again` brings them back", examples=[1])
    failed: int = Field(description="Could not be taken in", examples=[1])
    messages: int = Field(description="How many were added, of all", examples=[4_031])
    sources: dict[Source, int] = Field(description="How many were said where", examples=[{"chatgpt": 994}])
    failures: Annotated[list[FailureRead], Field(description="The first hundred")]
    warnings: Annotated[list[WarningRead], Field(description="The first hundred")]

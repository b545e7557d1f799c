"""What search is asked and answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class MarkRead(BaseModel):
    """Where a word stands that was searched for, in characters (Unicode code points) of the snippet."""

    begin: Annotated[int, Field(ge=0, examples=[12])]
    end: Annotated[int, Field(ge=1, examples=[18])]


class SnippetRead(BaseModel):
    """A stretch of the text, as it is: no HTML, nothing escaped."""

    text: str = Field(examples=["We meet at the harbour at nine."])
    marks: list[MarkRead]
    begins: Annotated[int, Field(ge=0, description="Where in the text it begins.")]
    is_cut: bool = Field(description="Whether the text goes on before or behind it.")


class HitRead(BaseModel):
    """A message, or a title, that was found."""

    kind: Literal["message", "title"]
    conversation_id: UUID
    title: str = Field(description="The conversation's.")
    message_id: UUID | None = Field(description="Null where the title was found.")
    role: str = Field(examples=["user", "assistant", "title"])
    model: str | None = Field(examples=["openai/gpt-5"])
    created_at: datetime
    snippet: SnippetRead


class HitPage(BaseModel):
    """Found texts, the best first."""

    data: list[HitRead]
    next_cursor: str | None = Field(description="Send it as `cursor` to go on; null at the end. A page may be short.")
    pending: Annotated[int, Field(ge=0)] = Field(
        description="How many texts, the oldest, were not searched because they are being indexed."
    )

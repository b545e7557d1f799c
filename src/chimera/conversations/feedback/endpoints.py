"""`/api/v1/conversations/{conversation_id}/messages/{message_id}/feedback`: what its owner says of an answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND, problem_told
from chimera.conversations.endpoints.rendering import placed_read
from chimera.conversations.feedback.service import Feedback
from chimera.conversations.fields import storable
from chimera.conversations.schemas import PlacedMessageRead
from chimera.web.routers import LateRouter


class FeedbackWrite(BaseModel):
    """What to say of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    good: StrictBool = Field(description="Whether the answer was a good one", examples=[False])
    text: Annotated[str, Field(max_length=4_000), AfterValidator(storable)] | None = Field(
        None,
        description="Why, in words; kept with the answer, told to nobody",
        examples=["It left out the second half."],
        json_schema_extra={"pattern": "^[^\\u0000]*$"},
    )


def router(feedback: Feedback) -> APIRouter:
    path = "/api/v1/conversations/{conversation_id}/messages/{message_id}/feedback"
    api = LateRouter(prefix=path, tags=["conversations"])

    @api.put("", responses={**NOT_FOUND, 409: problem_told("It is no answer, or still being written.")})
    async def judge_answer(
        caller: Chatter, conversation_id: UUID, message_id: UUID, body: FeedbackWrite
    ) -> PlacedMessageRead:
        """Say whether an answer was good, and why. `auto` and the cache learn from it; the last word holds."""
        view = await feedback.give(caller, conversation_id, message_id, good=body.good, text=body.text)
        (row,) = view.rows
        return placed_read(row, view.siblings[row.id])

    @api.delete("", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def take_back_judgement(caller: Chatter, conversation_id: UUID, message_id: UUID) -> None:
        """Take back what was said of an answer."""
        await feedback.take_back(caller, conversation_id, message_id)

    return api

"""What clients say on a socket, a JSON object a frame, and how it is read."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, TypeAdapter, ValidationError

from chimera.conversations.fields import MAX_IMAGES, MAX_SEQ, Count, ImageUrl, Model, Prompt, Said, Temperature
from chimera.kit.errors import InvalidRequestError
from chimera.tenancy.live.tickets import LONGEST

MAX_TURNS: Final = 16
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]


class _Frame(BaseModel):
    """Every frame may carry an `id`, which its answer bears."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name | None = None


class Auth(_Frame):
    """An API key or signed token, or a ticket."""

    type: Literal["auth"]
    token: Annotated[str, Field(min_length=1, max_length=8_192)] | None = None
    ticket: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None


class Message(_Frame):
    """What a person says. `conversation_id` and `system_prompt` are for `/ws/chat`."""

    type: Literal["message"]
    text: Said
    images: tuple[ImageUrl, ...] = Field((), max_length=MAX_IMAGES)
    model: Model | None = None
    temperature: Temperature | None = None
    max_tokens: Count | None = None
    fallback_model: Model | None = None
    system_prompt: Prompt | None = None
    conversation_id: UUID | None = None
    send_id: UUID | None = None


class Stop(_Frame):
    """End a turn; all that run if none is named."""

    type: Literal["stop"]
    turn_id: UUID | None = None


class Heard(BaseModel):
    """The last event of a turn that the client has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn_id: UUID
    after: int = Field(0, ge=0, le=MAX_SEQ, strict=True)


class Resume(_Frame):
    """Tell all that comes after some events, and all later turns; from the first turn on if none is named."""

    type: Literal["resume"]
    turns: tuple[Heard, ...] = Field(max_length=MAX_TURNS)


class Approve(_Frame):
    """Let a tool be called, or not. No model calls tools here yet."""

    type: Literal["approve"]
    call_id: Name
    approved: StrictBool = True


class Ping(_Frame):
    type: Literal["ping"]


class Typing(_Frame):
    """The person writes; believed for six seconds."""

    type: Literal["typing"]
    typing: StrictBool = True


class Presence(_Frame):
    """Whether the person looks at the conversation."""

    type: Literal["presence"]
    state: Literal["active", "away"]


Frame: TypeAlias = Auth | Message | Stop | Resume | Approve | Ping | Typing | Presence
_FRAME: Final[TypeAdapter[Frame]] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def read_frame(received: Mapping[str, Any]) -> Frame:
    """The frame of an ASGI message. Raises InvalidRequestError."""
    text = received.get("text")
    if text is None:
        raise InvalidRequestError("Frames are text: one JSON object each.")
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if fault["type"] == "json_invalid":
            raise InvalidRequestError("This frame is no JSON.") from error
        where = ".".join(str(step)[:100] for step in fault["loc"][1:])
        told = "There is no such field." if fault["type"] == "extra_forbidden" else str(fault["msg"])[:500]
        raise InvalidRequestError(f"{where}: {told}" if where else told, field=where or None) from error

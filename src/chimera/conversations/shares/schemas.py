"""Shapes of the HTTP API of shares."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.schemas import ImageRead, TextRead, ThinkingRead, ToolCallRead, ToolResultRead
from chimera.conversations.shares.making import USUAL_DAYS, Audience
from chimera.conversations.shares.redaction import USUAL, Omission
from chimera.conversations.states import MessageStatus

_AUDIENCE: Final = "Who may open it: who is signed in to the organisation, or whoever has the link."
_LEFT_OUT: Final = (
    "What is not shown: `system_prompt`, `thinking`, `tool_calls` (with their results), `tool_results`, `attachments`, "
    "`models`, `costs`, `sharer` (whose link it is)."
)
_MASKED: Final = "Whether e-mail addresses, numbers of telephones, cards and accounts, keys and passwords are covered."
Ends: TypeAlias = Annotated[AwareDatetime, Field(examples=["2030-01-01T00:00:00Z"])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class ShareCreate(_Body):
    """Which branch should be shown to whom, and what of it."""

    message_id: UUID | None = Field(None, description="The last message that is shown; the end of what you see if not.")
    audience: Audience = Field("organisation", description=_AUDIENCE, examples=["organisation"])
    expires_at: AwareDatetime | None = Field(
        None,
        description=f"When it is over: in {USUAL_DAYS} days when left out, or as soon as the organisation demands.",
        examples=[None],
    )
    left_out: tuple[Omission, ...] = Field(
        USUAL, max_length=50, description=_LEFT_OUT, examples=[["thinking", "costs"]]
    )
    masked: StrictBool = Field(default=True, description=_MASKED, examples=[True])


class SharePatch(_Body):
    """When a link should be over."""

    expires_at: Ends = Field(description="After now, and no later than the organisation lets a link last.")


class ConversationShareRead(_Read):
    """A link of one's own."""

    id: UUID
    conversation_id: UUID
    message_id: UUID = Field(description="The last message that is shown.")
    title: str | None = Field(
        description="Of the conversation when the link was made; null if it was lost likewise.", examples=["Skies"]
    )
    path: str | None = Field(
        description="The link, behind the address of this server; null if it was lost with a key that was destroyed.",
        examples=["/shared/8sJ1…"],
    )
    audience: Audience = Field(description=_AUDIENCE)
    left_out: list[Omission] = Field(description=_LEFT_OUT)
    masked: bool = Field(description=_MASKED)
    created_at: datetime
    expires_at: datetime = Field(description="As it was said.")
    open_until: datetime | None = Field(
        description="When it is over; null if it is not open, because it is over or goes further than the organisation "
        "lets it."
    )
    views: int = Field(description="How often somebody else opened it.")
    last_viewed_at: datetime | None


class ShareList(_Read):
    """Links to one conversation, the newest first."""

    data: list[ConversationShareRead]


class OwnSharePage(_Read):
    """One's own links, of whatever conversation, the newest first."""

    data: list[ConversationShareRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class TenantShareRead(_Read):
    """Anybody's link, without what it leads to."""

    id: UUID
    owner_id: UUID = Field(description="Who made it.")
    audience: Audience = Field(description=_AUDIENCE)
    left_out: list[Omission] = Field(description=_LEFT_OUT)
    masked: bool = Field(description=_MASKED)
    created_at: datetime
    expires_at: datetime
    open_until: datetime | None = Field(description="When it is over; null if it is not open.")
    views: int
    last_viewed_at: datetime | None


class TenantSharePage(_Read):
    """Links of everybody in the organisation, the newest first."""

    data: list[TenantShareRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class FileRead(_Read):
    """A file, of which only the name is shown."""

    type: Literal["file"] = "file"
    name: str = Field(examples=["report.pdf"])


SharedPart: TypeAlias = Annotated[
    TextRead | ThinkingRead | ImageRead | ToolCallRead | ToolResultRead | FileRead, Field(discriminator="type")
]


class SharedMessageRead(_Read):
    """A message as a link shows it."""

    role: Literal["user", "assistant"]
    speaker: str | None = Field(description="Which participant of a panel said it.", examples=["Ada"])
    model: str | None = Field(description="Null where it is left out, too.", examples=["openai/gpt-5"])
    status: MessageStatus
    parts: list[SharedPart]
    left_out: list[Omission] = Field(description="What there was of it besides.")
    cost_usd: str | None = Field(description="Null where it is left out, too.", examples=["0.00528"])
    created_at: datetime


class BrandRead(_Read):
    """How the organisation of a link shows itself; empty where it says nothing."""

    name: str = Field(examples=["Acme"])
    colour: str = Field(examples=["#0b6e4f"])


class SharedRead(_Read):
    """What a link shows."""

    title: str = Field(description="As it was when the link was made.", examples=["Skies"])
    shared_by: str | None = Field(description="Null where it is left out.", examples=["Ada"])
    brand: BrandRead | None = Field(description="Of their organisation; null where they are left out.")
    shared_at: datetime
    open_until: datetime
    audience: Audience = Field(description=_AUDIENCE)
    left_out: list[Omission] = Field(description=_LEFT_OUT)
    masked: bool = Field(description=_MASKED)
    system_prompt: str | None = Field(description="As it was when the link was made; null where it is left out, too.")
    messages: list[SharedMessageRead]
    is_mine: bool = Field(description="Whether it is the caller's own link.")
    may_copy: bool = Field(description="Whether the caller may go on with it in a conversation of their own.")

"""Bodies of the HTTP API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chimera.kit.addresses import LONGEST_URL
from chimera.spend.schemas.values import Moment
from chimera.webhooks.events import EventType
from chimera.webhooks.states import DeliveryState, Disabled

# What an address must be beyond this, the service says.
Url = Annotated[
    str,
    Field(max_length=LONGEST_URL, examples=["https://hooks.example.com/chimera"], json_schema_extra={"format": "uri"}),
]
Description = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
EventTypes = Annotated[list[EventType], Field(max_length=20, examples=[["budget.exhausted"]])]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookCreate(Body):
    url: Url = Field(description="Where events are posted.")
    description: Description = Field("", description="What it is for.", examples=["Billing"])
    event_types: EventTypes = Field([], description="What it hears of; empty for everything.")


class WebhookUpdate(Body):
    """What is left out, or null, stays."""

    url: Url | None = Field(None, description="Where events are posted.")
    description: Description | None = Field(None, description="What it is for.", examples=["Billing"])
    event_types: EventTypes | None = Field(None, description="What it hears of; empty for everything.")
    enabled: StrictBool | None = Field(None, description="False sends nothing; true begins anew.", examples=[True])


class WebhookRead(BaseModel):
    """A webhook, without its secret."""

    id: UUID
    url: str = Field(examples=["https://hooks.example.com/chimera"])
    description: str = Field(examples=["Billing"])
    event_types: list[str] = Field(description="Empty for everything.")
    enabled: bool
    disabled_as: Disabled | None = Field(
        description="`by_hand`; `gone`: its receiver answered 410; `failing`: days without a success."
    )
    failing_since: datetime | None = Field(description="First failure after the last success.")
    secret_lost: bool = Field(
        description="Its key was destroyed: nothing is sent until a new secret is made.", examples=[False]
    )
    created_at: datetime


class WebhookCreated(WebhookRead):
    """With its secret, this once."""

    secret: str = Field(
        description="Keep it now: it is not shown again.", examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
    )


class WebhookList(BaseModel):
    data: list[WebhookRead]


class DeliveryRead(BaseModel):
    """An event on its way to a webhook."""

    id: UUID
    event_id: str = Field(description="The header `webhook-id`.", examples=["evt_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"])
    type: str = Field(examples=["budget.exhausted"])
    state: DeliveryState
    attempts: int = Field(description="Tries so far.")
    status: int | None = Field(description="HTTP status of the last answer.", examples=[200])
    created_at: datetime
    delivered_at: datetime | None
    due_at: datetime | None = Field(description="When it is tried next.")


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    data: list[DeliveryRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class AttemptRead(BaseModel):
    """One try."""

    number: int
    at: datetime
    status: int | None
    trouble: str | None = Field(
        description="Why no answer came: `address_refused`, `timeout`, `unreachable`, `not_http`; "
        "`unreadable`: the event or the secret was destroyed with its key, or is damaged."
    )
    latency_ms: int
    excerpt: str = Field(description="How the answer began.")


class DeliveryDetail(DeliveryRead):
    """With what was sent, and the last 50 tries."""

    payload: dict[str, Any] | None = Field(description="Null once its key was destroyed.")
    log: list[AttemptRead]


class ReplayCreate(Body):
    """Of which time the events are sent again."""

    since: Moment = Field(description="From then on.", examples=["2026-11-01T00:00:00Z"])
    until: Moment | None = Field(None, description="Before then; now.", examples=["2026-11-02T00:00:00Z"])
    after: UUID | None = Field(None, description="`next` of the call before, to go on.")


class ReplayRead(BaseModel):
    replayed: int = Field(description="Deliveries that are on their way again.")
    next: UUID | None = Field(description="Give it as `after` to go on; null when that was all.")

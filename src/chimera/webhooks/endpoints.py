"""`/api/v1/webhooks`: who is told of what happens, and the log of telling them."""

import json
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import Field, WithJsonSchema

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import WEBHOOKS_MANAGE
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter
from chimera.webhooks.events import message_id
from chimera.webhooks.schemas import (
    AttemptRead,
    DeliveryDetail,
    DeliveryPage,
    DeliveryRead,
    ReplayCreate,
    ReplayRead,
    WebhookCreate,
    WebhookCreated,
    WebhookList,
    WebhookRead,
    WebhookUpdate,
)
from chimera.webhooks.service import Change, Webhooks
from chimera.webhooks.states import DeliveryState, Disabled
from chimera.webhooks.tables import AttemptRow, DeliveryRow, WebhookRow

_DISABLED = refusals({409: "The webhook is disabled."})
_TOO_MANY = refusals({409: "There are too many webhooks."})
# Described without null: an address cannot say it.
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]
State = Annotated[
    DeliveryState | None,
    Query(description="Only those that stand so."),
    WithJsonSchema({"type": "string", "enum": [state.value for state in DeliveryState]}),
]


Administrator: TypeAlias = Annotated[Scope, needs(WEBHOOKS_MANAGE)]


def router(webhooks: Webhooks) -> APIRouter:
    api = LateRouter(prefix="/api/v1/webhooks", tags=["webhooks"])
    _add_webhooks(api, webhooks)
    _add_deliveries(api, webhooks)
    return api


def _add_webhooks(api: APIRouter, webhooks: Webhooks) -> None:
    @api.get("")
    async def list_webhooks(caller: Administrator) -> WebhookList:
        """Webhooks of the organisation, without their secrets, oldest first."""
        return WebhookList(data=[_webhook(row) for row in await webhooks.list(caller)])

    @api.post("", status_code=status.HTTP_201_CREATED, responses=_TOO_MANY)
    async def create_webhook(body: WebhookCreate, caller: Administrator, response: Response) -> WebhookCreated:
        """Let events be posted to an address. The secret that they are signed with is in this answer only."""
        made = await webhooks.create(caller, url=body.url, description=body.description, event_types=body.event_types)
        return _with_secret(made, response)

    @api.get("/{webhook_id}")
    async def read_webhook(webhook_id: UUID, caller: Administrator) -> WebhookRead:
        """One webhook, without its secret."""
        return _webhook(await webhooks.get(caller, webhook_id))

    @api.patch("/{webhook_id}")
    async def change_webhook(webhook_id: UUID, body: WebhookUpdate, caller: Administrator) -> WebhookRead:
        """Change it. Disabling gives up what is on its way; enabled again, it can be sent what it missed."""
        return _webhook(await webhooks.change(caller, webhook_id, Change(**body.model_dump())))

    @api.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete_webhook(webhook_id: UUID, caller: Administrator) -> None:
        """Delete it, with its log."""
        await webhooks.delete(caller, webhook_id)

    @api.post("/{webhook_id}/secret")
    async def rotate_secret(webhook_id: UUID, caller: Administrator, response: Response) -> WebhookCreated:
        """Make a new secret. For 24 hours events are signed with both."""
        return _with_secret(await webhooks.rotate(caller, webhook_id), response)

    @api.post("/{webhook_id}/ping", status_code=status.HTTP_202_ACCEPTED, responses=_DISABLED)
    async def ping_webhook(webhook_id: UUID, caller: Administrator) -> DeliveryRead:
        """Send it the event `ping`."""
        return _delivery(await webhooks.ping(caller, webhook_id))


def _add_deliveries(api: APIRouter, webhooks: Webhooks) -> None:
    @api.get("/{webhook_id}/deliveries")
    async def list_deliveries(
        webhook_id: UUID,
        caller: Administrator,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
        cursor: Cursor = None,
        state: State = None,
    ) -> DeliveryPage:
        """What it was sent, newest first. Kept for 30 days."""
        page = await webhooks.deliveries(caller, webhook_id, state=state, cursor=cursor, limit=limit)
        return DeliveryPage(data=[_delivery(row) for row in page.rows], next_cursor=page.next_cursor)

    @api.get("/{webhook_id}/deliveries/{delivery_id}")
    async def read_delivery(webhook_id: UUID, delivery_id: UUID, caller: Administrator) -> DeliveryDetail:
        """One delivery: what was sent, and what was answered each time."""
        found = await webhooks.delivery(caller, webhook_id, delivery_id)
        return DeliveryDetail(
            **_delivery(found.row).model_dump(),
            payload=json.loads(found.body) if found.body else None,
            log=[_attempt(row) for row in found.attempts],
        )

    @api.post(
        "/{webhook_id}/deliveries/{delivery_id}/replay", status_code=status.HTTP_202_ACCEPTED, responses=_DISABLED
    )
    async def replay_delivery(webhook_id: UUID, delivery_id: UUID, caller: Administrator) -> DeliveryRead:
        """Send it again, whatever became of it, under the same id."""
        return _delivery(await webhooks.replay(caller, webhook_id, delivery_id))

    @api.post("/{webhook_id}/replay", status_code=status.HTTP_202_ACCEPTED, responses=_DISABLED)
    async def replay_events(webhook_id: UUID, body: ReplayCreate, caller: Administrator) -> ReplayRead:
        """Send all events of a time that did not get through, at most 1,000 at once."""
        until = body.until or utc_now()
        sent, following = await webhooks.replay_range(
            caller, webhook_id, since=body.since, until=until, after=body.after
        )
        return ReplayRead(replayed=sent, next=following)


def _webhook(row: WebhookRow) -> WebhookRead:
    return WebhookRead(
        id=row.id,
        url=row.url,
        description=row.description,
        event_types=row.event_types,
        enabled=row.disabled_as is None,
        disabled_as=Disabled(row.disabled_as) if row.disabled_as else None,
        failing_since=row.failing_since,
        secret_lost=not row.secret,
        created_at=row.created_at,
    )


def _with_secret(row: WebhookRow, response: Response) -> WebhookCreated:
    response.headers["cache-control"] = "no-store"
    return WebhookCreated(**_webhook(row).model_dump(), secret=row.secret)


def _delivery(row: DeliveryRow) -> DeliveryRead:
    return DeliveryRead(
        id=row.id,
        event_id=message_id(row.event_id),
        type=row.type,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        status=row.status,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        due_at=row.due_at if row.state == DeliveryState.PENDING.value else None,
    )


def _attempt(row: AttemptRow) -> AttemptRead:
    return AttemptRead(
        number=row.number,
        at=row.created_at,
        status=row.status,
        trouble=row.trouble or None,
        latency_ms=row.latency_ms,
        excerpt=row.excerpt,
    )

"""Webhooks of an organisation: kept, changed, pinged, and what they missed sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Page, Transaction
from chimera.store.recording import Recorder, Unrecorded
from chimera.webhooks.addresses import check_url
from chimera.webhooks.errors import (
    DeliveryNotFoundError,
    TooManyWebhooksError,
    WebhookDisabledError,
    WebhookNotFoundError,
)
from chimera.webhooks.events import PING, Event
from chimera.webhooks.repository import KeptAttempts, KeptDeliveries, KeptEvents, KeptWebhooks
from chimera.webhooks.service.outbox import Outbox
from chimera.webhooks.signing import new_secret
from chimera.webhooks.states import DeliveryState, Disabled
from chimera.webhooks.tables import AttemptRow, DeliveryRow, EventRow, WebhookRow

MOST: Final = 50
REPLAYED_AT_ONCE: Final = 1000
_BOTH_SIGN_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be another way; `None` stays."""

    url: str | None = None
    description: str | None = None
    event_types: Sequence[str] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryInfo:
    """A delivery with everything that is known of it."""

    row: DeliveryRow
    body: str
    attempts: Sequence[AttemptRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """For those who may; the doors ask for the permission.

    Attributes:
        private: Whether plain HTTP and addresses of private networks are allowed.
        on_written: Called when there is something to deliver.
    """

    database: Database
    clock: Callable[[], datetime]
    outbox: Outbox
    private: bool
    on_written: Callable[[], None]
    recorder: Recorder = field(default_factory=Unrecorded)

    async def list(self, scope: Scope) -> Sequence[WebhookRow]:
        async with self.database.reading(scope) as tx:
            return await KeptWebhooks(tx, scope).all()

    async def get(self, scope: Scope, id: UUID) -> WebhookRow:
        async with self.database.reading(scope) as tx:
            return _found(await KeptWebhooks(tx, scope).get(id))

    async def create(self, scope: Scope, *, url: str, description: str, event_types: Sequence[str]) -> WebhookRow:
        """Keep a new one; its secret is in the row.

        Raises:
            WebhookAddressError: if nothing may be sent there.
            TooManyWebhooksError: if there are too many already.
        """
        row = WebhookRow(
            url=check_url(url, private=self.private),
            description=description,
            event_types=list(event_types),
            secret=new_secret(),
            created_by=scope.actor_id,
        )
        async with self.database.transaction(scope) as tx:
            webhooks = KeptWebhooks(tx, scope)
            if await webhooks.count() >= MOST:
                raise TooManyWebhooksError(f"An organisation can have {MOST} webhooks. Delete one first.")
            await webhooks.add(row)
            await self.recorder.record(tx, scope, _act("webhook.created", row.id))
            return row

    async def change(self, scope: Scope, id: UUID, change: Change) -> WebhookRow:
        async with self.database.transaction(scope) as tx:
            row = _found(await KeptWebhooks(tx, scope).locked(id))
            if change.url is not None:
                row.url = check_url(change.url, private=self.private)
            if change.description is not None:
                row.description = change.description
            if change.event_types is not None:
                row.event_types = list(change.event_types)
            if change.enabled is not None:
                await _switch(tx, scope, row, enabled=change.enabled)
            await tx.flush()
            await self.recorder.record(tx, scope, _act("webhook.changed", id))
            return row

    async def delete(self, scope: Scope, id: UUID) -> None:
        async with self.database.transaction(scope) as tx:
            if not await KeptWebhooks(tx, scope).delete(id):
                raise _no_webhook()
            await self.recorder.record(tx, scope, _act("webhook.deleted", id))

    async def rotate(self, scope: Scope, id: UUID) -> WebhookRow:
        """Give it a new secret. For a day the former one signs as well, so that receivers can change in peace.

        One that was lost with its key signs nothing any more.
        """
        async with self.database.transaction(scope) as tx:
            row = _found(await KeptWebhooks(tx, scope).locked(id))
            row.former_secret, row.secret = row.secret or None, new_secret()
            row.former_until = None if row.former_secret is None else self.clock() + _BOTH_SIGN_FOR
            await self.recorder.record(tx, scope, _act("webhook.rotated", id))
            return row

    async def ping(self, scope: Scope, id: UUID) -> DeliveryRow:
        """Send it a `ping`, whatever it listens to.

        Raises:
            WebhookDisabledError: if it is disabled.
        """
        async with self.database.transaction(scope) as tx:
            row = _found(await KeptWebhooks(tx, scope).get(id))
            _require_enabled(row)
            event = Event(type=PING, at=self.clock(), data={"webhook_id": str(id)})
            (delivery,) = await self.outbox.send(tx, scope, event, [row])
        self.on_written()
        return delivery

    async def deliveries(
        self, scope: Scope, id: UUID, *, state: DeliveryState | None, cursor: str | None, limit: int
    ) -> Page[DeliveryRow]:
        """The log, newest first."""
        async with self.database.reading(scope) as tx:
            _found(await KeptWebhooks(tx, scope).get(id))
            kept = KeptDeliveries(tx, scope)
            query = kept.mine().where(DeliveryRow.webhook_id == id)
            if state is not None:
                query = query.where(DeliveryRow.state == state.value)
            return await kept.page(query, by=DeliveryRow.created_at, cursor=cursor, limit=limit)

    async def delivery(self, scope: Scope, id: UUID, delivery_id: UUID) -> DeliveryInfo:
        async with self.database.reading(scope) as tx:
            row = await KeptDeliveries(tx, scope).get(delivery_id)
            if row is None or row.webhook_id != id:
                raise _no_delivery()
            event = await KeptEvents(tx, scope).get(row.event_id)
            assert event is not None, "its delivery refers to it"
            return DeliveryInfo(row=row, body=event.body, attempts=await KeptAttempts(tx, scope).of(delivery_id))

    async def replay(self, scope: Scope, id: UUID, delivery_id: UUID) -> DeliveryRow:
        """Send one again, under the same id.

        Raises:
            WebhookDisabledError: if its webhook is disabled.
        """
        async with self.database.transaction(scope) as tx:
            row = await KeptDeliveries(tx, scope).locked(id, delivery_id)
            if row is None:
                raise _no_delivery()
            _require_enabled(_found(await KeptWebhooks(tx, scope).get(id)))
            self._send_again(row)
        self.on_written()
        return row

    async def replay_range(
        self, scope: Scope, id: UUID, *, since: datetime, until: datetime, after: UUID | None
    ) -> tuple[int, UUID | None]:
        """Send what was not delivered of the events of a time, also what happened while the webhook was disabled.

        Returns:
            How many are on their way, and after which event to go on; `None` when that was all.
        """
        async with self.database.transaction(scope) as tx:
            webhook = _found(await KeptWebhooks(tx, scope).get(id))
            _require_enabled(webhook)
            events = await KeptEvents(tx, scope).between(since, until, after=after, limit=REPLAYED_AT_ONCE)
            sent = await self._send_missed(tx, scope, webhook, events)
        self.on_written()
        return sent, events[-1].id if len(events) == REPLAYED_AT_ONCE else None

    async def _send_missed(self, tx: Transaction, scope: Scope, webhook: WebhookRow, events: Sequence[EventRow]) -> int:
        kept, sent = KeptDeliveries(tx, scope), 0
        known = {row.event_id: row for row in await kept.of_events(webhook.id, [event.id for event in events])}
        for event in events:
            row = known.get(event.id)
            if row is not None and row.state in {DeliveryState.FAILED.value, DeliveryState.ABANDONED.value}:
                self._send_again(row)
                sent += 1
            elif row is None and event.type != PING and event.type in (webhook.event_types or [event.type]):
                pending = DeliveryState.PENDING.value
                missed = DeliveryRow(webhook_id=webhook.id, event_id=event.id, type=event.type, state=pending)
                missed.due_at = self.clock()
                await kept.add(missed)
                sent += 1
        return sent

    def _send_again(self, row: DeliveryRow) -> None:
        row.state, row.due_at, row.tries = DeliveryState.PENDING.value, self.clock(), 0


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="webhook", target_id=str(id))


async def _switch(tx: Transaction, scope: Scope, row: WebhookRow, *, enabled: bool) -> None:
    if enabled:
        row.disabled_as = row.failing_since = None
    elif row.disabled_as is None:
        row.disabled_as = Disabled.BY_HAND.value
        await KeptDeliveries(tx, scope).abandon(row.id)


def _require_enabled(row: WebhookRow) -> None:
    if row.disabled_as is not None:
        raise WebhookDisabledError("This webhook is disabled. Enable it first.")


def _found(row: WebhookRow | None) -> WebhookRow:
    if row is None:
        raise _no_webhook()
    return row


def _no_webhook() -> WebhookNotFoundError:
    return WebhookNotFoundError("There is no such webhook.")


def _no_delivery() -> DeliveryNotFoundError:
    return DeliveryNotFoundError("There is no such delivery of this webhook.")

"""The outbox: an event and its deliveries, written in the transaction in which it happens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from chimera.kit.scope import Scope
from chimera.store import Transaction
from chimera.webhooks.events import Event
from chimera.webhooks.repository import KeptDeliveries, KeptEvents, KeptWebhooks
from chimera.webhooks.states import DeliveryState
from chimera.webhooks.tables import DeliveryRow, EventRow, WebhookRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is written here is sent soon after its transaction is committed, and never if it is not."""

    clock: Callable[[], datetime]

    async def write(self, tx: Transaction, scope: Scope, event: Event) -> bool:
        """Tell all webhooks of the organisation that listen to it; false if the same event was written before."""
        if await KeptEvents(tx, scope).get(event.id) is not None:
            return False
        listening = [
            webhook
            for webhook in await KeptWebhooks(tx, scope).listening()
            if not webhook.event_types or event.type in webhook.event_types
        ]
        await self.send(tx, scope, event, listening)
        return True

    async def send(self, tx: Transaction, scope: Scope, event: Event, to: Iterable[WebhookRow]) -> list[DeliveryRow]:
        """Tell these webhooks, whatever they listen to."""
        await KeptEvents(tx, scope).add(EventRow(id=event.id, type=event.type, body=event.body))
        deliveries = [
            DeliveryRow(
                webhook_id=webhook.id,
                event_id=event.id,
                type=event.type,
                state=DeliveryState.PENDING.value,
                due_at=self.clock(),
            )
            for webhook in to
        ]
        for delivery in deliveries:
            await KeptDeliveries(tx, scope).add(delivery)
        return deliveries

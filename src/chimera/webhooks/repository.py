"""Every query of this package."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_

from chimera.kit.scope import Scope
from chimera.store import Repository, SystemRepository
from chimera.webhooks.places import Places
from chimera.webhooks.states import DeliveryState, Disabled
from chimera.webhooks.tables import AttemptRow, DeliveryRow, EventRow, WebhookRow

_PENDING = DeliveryState.PENDING.value


class Taken(NamedTuple):
    """A delivery that this replica leads on.

    Attributes:
        on_behalf_of: Who made the webhook.
    """

    delivery: DeliveryRow
    on_behalf_of: UUID

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.delivery.tenant_id, actor_id=self.on_behalf_of, permissions=frozenset())


class KeptWebhooks(Repository[WebhookRow]):
    table = WebhookRow

    async def all(self) -> Sequence[WebhookRow]:
        return list(await self._tx.scalars(self.mine().order_by(WebhookRow.id)))

    async def locked(self, id: UUID) -> WebhookRow | None:
        return (await self._tx.scalars(self.mine().where(WebhookRow.id == id).with_for_update())).one_or_none()

    async def note_success(self, id: UUID) -> None:
        failing = self.changing().where(WebhookRow.id == id, WebhookRow.failing_since.is_not(None))
        await self.run(failing.values(failing_since=None))

    async def note_failure(self, id: UUID, now: datetime) -> None:
        sound = self.changing().where(WebhookRow.id == id, WebhookRow.failing_since.is_(None))
        await self.run(sound.values(failing_since=now))

    async def disable(self, id: UUID, reason: Disabled) -> None:
        enabled = self.changing().where(WebhookRow.id == id, WebhookRow.disabled_as.is_(None))
        await self.run(enabled.values(disabled_as=reason.value))

    async def listening(self) -> Sequence[WebhookRow]:
        return list(await self._tx.scalars(self.mine().where(WebhookRow.disabled_as.is_(None))))


class KeptEvents(Repository[EventRow]):
    table = EventRow

    async def between(self, since: datetime, until: datetime, *, after: UUID | None, limit: int) -> Sequence[EventRow]:
        """The next events in the order of their ids, from those that were written within the time."""
        query = self.mine().where(EventRow.created_at >= since, EventRow.created_at < until)
        if after is not None:
            query = query.where(EventRow.id > after)
        return list(await self._tx.scalars(query.order_by(EventRow.id).limit(limit)))


class KeptDeliveries(Repository[DeliveryRow]):
    table = DeliveryRow

    async def of_events(self, webhook_id: UUID, event_ids: Collection[UUID]) -> Sequence[DeliveryRow]:
        query = self.mine().where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.event_id.in_(event_ids))
        return list(await self._tx.scalars(query.with_for_update()))

    async def locked(self, webhook_id: UUID, id: UUID) -> DeliveryRow | None:
        query = self.mine().where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.id == id)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def taken(self, id: UUID, *, attempt: int) -> DeliveryRow | None:
        """The delivery, if this attempt is still the last that was begun."""
        query = self.mine().where(DeliveryRow.id == id, DeliveryRow.attempts == attempt)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def abandon(self, webhook_id: UUID) -> None:
        waiting = self.changing().where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == _PENDING)
        await self.run(waiting.values(state=DeliveryState.ABANDONED.value))


class KeptAttempts(Repository[AttemptRow]):
    table = AttemptRow

    async def of(self, delivery_id: UUID) -> Sequence[AttemptRow]:
        """The last attempts, oldest first."""
        query = self.mine().where(AttemptRow.id == delivery_id).order_by(AttemptRow.number.desc()).limit(50)
        return list(await self._tx.scalars(query))[::-1]


class DueDeliveries(SystemRepository[DeliveryRow]):
    table = DeliveryRow

    async def are_there(self, now: datetime) -> bool:
        query = self.every().where(DeliveryRow.state == _PENDING, DeliveryRow.due_at <= now).limit(1)
        return (await self._tx.scalars(query)).first() is not None

    async def claim(self, now: datetime, *, until: datetime, limit: int, places: Places) -> Sequence[Taken]:
        """Take the longest due, until a moment; of two replicas that ask at once each gets its own.

        Args:
            now: What is due then.
            until: When they come due again, unless an outcome is written.
            limit: At most so many.
            places: Counts those of each webhook and organisation, and says how many more they may have.
        """
        query = self.every().where(DeliveryRow.state == _PENDING, DeliveryRow.due_at <= now)
        if places.full:
            query = query.where(DeliveryRow.webhook_id.not_in(places.full))
        if places.full_tenants:
            query = query.where(DeliveryRow.tenant_id.not_in(places.full_tenants))
        due = query.order_by(DeliveryRow.due_at).limit(limit).with_for_update(skip_locked=True, of=DeliveryRow)
        whose = and_(WebhookRow.tenant_id == DeliveryRow.tenant_id, WebhookRow.id == DeliveryRow.webhook_id)
        joined = due.join(WebhookRow, whose).add_columns(WebhookRow.created_by)
        found = [Taken(row[0], row[1]) for row in await self._tx.execute(joined)]
        taken = [one for one in found if places.take(one.delivery.tenant_id, one.delivery.webhook_id)]
        for one in taken:
            row = one.delivery
            row.due_at, row.attempts, row.tries = until, row.attempts + 1, row.tries + 1
        await self._tx.flush()
        return taken


class OldEvents(SystemRepository[EventRow]):
    table = EventRow

    async def forget(self, before: datetime) -> int:
        """Remove what happened before a moment, with its deliveries."""
        return await self.run(self.removing().where(EventRow.created_at < before))

"""Webhooks on a real database, before a receiver, with a clock that the test moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from chimera.adapters.webhook_senders import http
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.permissions import ALL
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow
from chimera.webhooks.events import Event
from chimera.webhooks.service import Outbox, WebhookPace, WebhookRunner, Webhooks

STARTED = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class House:
    database: Database
    now: datetime = STARTED
    pace: WebhookPace = field(default_factory=WebhookPace)

    def clock(self) -> datetime:
        return self.now

    @property
    def outbox(self) -> Outbox:
        return Outbox(clock=self.clock)

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(
            database=self.database, clock=self.clock, outbox=self.outbox, private=True, on_written=lambda: None
        )

    def runner(self) -> WebhookRunner:
        """As another replica has one, too."""
        sender = http.HttpSender(http.Settings(private_networks=True))
        return WebhookRunner(database=self.database, sender=sender, clock=self.clock, pace=self.pace, random=Random(4))

    async def tenant(self) -> Scope:
        async with self.database.system_transaction() as tx:
            row = await AllTenants(tx).add(TenantRow(name="one"))
        return Scope(tenant_id=row.id, actor_id=new_id(), permissions=ALL)

    async def happen(self, scope: Scope, **data: object) -> Event:
        event = Event(type="budget.exhausted", at=self.now, data=data)
        async with self.database.transaction(scope) as tx:
            await self.outbox.write(tx, scope, event)
        return event

    async def deliver_due(self, runner: WebhookRunner | None = None) -> int:
        """Send what is due now, one after the other."""
        runner = runner or self.runner()
        taken = await runner.claim()
        for one in taken:
            await runner.deliver(one)
            runner.places.give_back(one.delivery.tenant_id, one.delivery.webhook_id)
        return len(taken)

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

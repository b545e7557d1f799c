"""The runner: takes what is due, sends it, and writes down what became of it. One on every replica."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final, Never

import structlog

from chimera.crypto.sealing import UnsealableError
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError, Transaction
from chimera.webhooks.events import message_id
from chimera.webhooks.places import Places
from chimera.webhooks.repository import (
    DueDeliveries,
    KeptAttempts,
    KeptDeliveries,
    KeptEvents,
    KeptWebhooks,
    OldEvents,
    Taken,
)
from chimera.webhooks.sending import Heard, Post, Sender
from chimera.webhooks.service.pace import WebhookPace
from chimera.webhooks.signing import signed
from chimera.webhooks.states import DeliveryState, Disabled
from chimera.webhooks.tables import AttemptRow, DeliveryRow, WebhookRow

log = structlog.get_logger()

_SWEEP_EVERY_S: Final = 3600.0


@dataclass(slots=True, kw_only=True, eq=False)
class WebhookRunner:
    """At least once, under the same id. A replica that dies leaves what it took to whoever looks after the lease."""

    database: Database
    sender: Sender
    clock: Callable[[], datetime]
    pace: WebhookPace = field(default_factory=WebhookPace)
    places: Places = field(default_factory=Places)
    random: Random = field(default_factory=Random)  # noqa: S311 (it spreads tries, it keeps no secret)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Look at once: something was written."""
        self._wanted.set()

    async def run(self) -> Never:
        """Deliver for ever, until cancelled; what is in flight then is sent again later."""
        async with asyncio.TaskGroup() as group:

            async def look() -> None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.pace.look_s):
                        await self._wanted.wait()
                self._wanted.clear()
                for taken in await self.claim():
                    group.create_task(self._lead(taken))

            group.create_task(rounds(self.sweep, every_s=_SWEEP_EVERY_S, named="webhook events"))
            await rounds(look, every_s=0.0, named="webhooks")
        raise AssertionError("rounds never end")

    async def claim(self) -> list[Taken]:
        """Take what is due, as much as there are places for; each must be led on."""
        if self.places.free <= 0:
            return []
        now = self.clock()
        async with self.database.system_reading() as tx:
            if not await DueDeliveries(tx).are_there(now):
                return []
        async with self.database.system_transaction() as tx:
            return list(
                await DueDeliveries(tx).claim(
                    now, until=now + self.pace.lease, limit=self.places.free, places=self.places
                )
            )

    async def deliver(self, taken: Taken) -> None:
        """Send it once, and write down what became of it."""
        began = time.perf_counter()
        try:
            post = await self._post(taken)
        except UnsealableError:  # damaged, not destroyed: the key may yet be put right
            post = Heard(trouble="unreadable")
        if post is None:
            return  # the webhook was deleted, and this with it
        heard = await self.sender.send(post) if isinstance(post, Post) else post
        await self._note(taken, heard, latency_ms=round(1000 * (time.perf_counter() - began)))

    async def _lead(self, taken: Taken) -> None:
        try:
            await self.deliver(taken)
        except DatabaseUnavailableError:
            log.warning("webhooks.outcome_not_kept", delivery_id=str(taken.delivery.id))
        except Exception:  # the outermost edge of this task; one delivery that fails must not end the others
            log.exception("webhooks.failed", delivery_id=str(taken.delivery.id))
        finally:
            self.places.give_back(taken.delivery.tenant_id, taken.delivery.webhook_id)
            self.wake()

    async def _post(self, taken: Taken) -> Post | Heard | None:
        """What is to be sent, or why that cannot be; `None` if there is nothing any more."""
        async with self.database.reading(taken.scope) as tx:
            webhook = await KeptWebhooks(tx, taken.scope).get(taken.delivery.webhook_id)
            event = await KeptEvents(tx, taken.scope).get(taken.delivery.event_id)
        if webhook is None or event is None:
            return None
        if not event.body:
            return Heard(trouble="unreadable", again=False)
        if not webhook.secret:  # it may have a new one by the next try
            return Heard(trouble="unreadable")
        now = self.clock()
        secrets = [webhook.secret]
        if webhook.former_secret and webhook.former_until and now < webhook.former_until:
            secrets.append(webhook.former_secret)
        body = event.body.encode()
        headers = signed(body, id=message_id(event.id), timestamp=int(now.timestamp()), by=secrets)
        return Post(url=webhook.url, body=body, headers=headers | {"content-type": "application/json"})

    async def _note(self, taken: Taken, heard: Heard, *, latency_ms: int) -> None:
        scope, number = taken.scope, taken.delivery.attempts
        async with self.database.transaction(scope) as tx:
            row = await KeptDeliveries(tx, scope).taken(taken.delivery.id, attempt=number)
            if row is None:
                return  # deleted, or taken over: the lease was over
            attempt = AttemptRow(
                id=row.id,
                number=number,
                status=heard.status,
                trouble=heard.trouble,
                excerpt=heard.excerpt,
                latency_ms=latency_ms,
            )
            await KeptAttempts(tx, scope).add(attempt)
            row.status = heard.status
            if heard.is_good:
                row.state, row.delivered_at = DeliveryState.DELIVERED.value, self.clock()
                await KeptWebhooks(tx, scope).note_success(row.webhook_id)
            elif row.state == DeliveryState.PENDING.value and heard.again:
                await self._fail(tx, scope, row, heard)
            elif row.state == DeliveryState.PENDING.value:
                row.state = DeliveryState.FAILED.value

    async def _fail(self, tx: Transaction, scope: Scope, row: DeliveryRow, heard: Heard) -> None:
        webhooks, now = KeptWebhooks(tx, scope), self.clock()
        await webhooks.note_failure(row.webhook_id, now)
        rest = self.pace.rest(row.tries, self.random, asked_s=heard.retry_after_s)
        reason = Disabled.GONE if heard.status == 410 else None
        if reason is None and rest is not None:
            row.due_at = now + rest
            return
        row.state = DeliveryState.FAILED.value
        if reason is None and self._is_past_hope(await webhooks.get(row.webhook_id), now):
            reason = Disabled.FAILING
        if reason is not None:
            await webhooks.disable(row.webhook_id, reason)
            await tx.flush()
            await KeptDeliveries(tx, scope).abandon(row.webhook_id)
            log.info("webhooks.disabled", webhook_id=str(row.webhook_id), reason=reason.value)

    def _is_past_hope(self, webhook: WebhookRow | None, now: datetime) -> bool:
        since = webhook.failing_since if webhook else None
        return since is not None and now - since >= self.pace.patience

    async def sweep(self) -> None:
        """Forget what happened long ago."""
        async with self.database.system_transaction() as tx:
            await OldEvents(tx).forget(self.clock() - self.pace.kept)

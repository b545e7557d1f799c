"""Webhooks put together: the service, the outbox, and the runner that sends what stands in it."""

from collections.abc import Callable, Coroutine

from chimera.adapters.webhook_senders import http
from chimera.bootstrap.settings import Settings
from chimera.kit.clock import utc_now
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.webhooks.service import Outbox, WebhookRunner, Webhooks


def open_webhooks(
    settings: Settings, database: Database, recorder: Recorder, spawn: Callable[[Coroutine[None, None, None]], object]
) -> Webhooks:
    """Put them together and start sending, as a task."""
    sender = http.HttpSender(http.Settings(private_networks=settings.private_networks))
    runner = WebhookRunner(database=database, sender=sender, clock=utc_now)
    spawn(runner.run())
    return Webhooks(
        database=database,
        clock=utc_now,
        outbox=Outbox(clock=utc_now),
        private=settings.private_networks,
        on_written=runner.wake,
        recorder=recorder,
    )

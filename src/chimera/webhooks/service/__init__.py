"""Use cases of webhooks, a file each. They open transactions; nothing here knows HTTP."""

from chimera.webhooks.service.outbox import Outbox
from chimera.webhooks.service.pace import WebhookPace
from chimera.webhooks.service.running import WebhookRunner
from chimera.webhooks.service.webhooks import Change, DeliveryInfo, Webhooks

__all__ = ["Change", "DeliveryInfo", "Outbox", "WebhookPace", "WebhookRunner", "Webhooks"]

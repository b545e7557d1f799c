"""What is kept here of people: who made a receiver."""

from typing import Final

from chimera.store.ageing import Ageing
from chimera.store.personal import Personal
from chimera.webhooks.tables import EventRow, WebhookRow

PERSONAL: Final = (
    Personal(
        table=WebhookRow,
        person="created_by",
        fate="kept",
        why="It is the organisation's.",
        shown=False,
    ),
)
AGEING: Final = (Ageing(kind="webhook_log", table=EventRow, moment="created_at"),)

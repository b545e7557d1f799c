"""What is kept here of people: who made a receiver."""

from typing import Final

from chimera.store.personal import Personal
from chimera.webhooks.tables import WebhookRow

PERSONAL: Final = (
    Personal(
        table=WebhookRow,
        person="created_by",
        fate="kept",
        why="It is the organisation's.",
        shown=False,
    ),
)

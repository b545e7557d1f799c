"""What is kept here of people: what they did."""

from typing import Final

from chimera.audit.tables import AuditEntryRow
from chimera.store.personal import Personal

PERSONAL: Final = (
    Personal(
        table=AuditEntryRow,
        person="actor_id",
        fate="kept",
        why="A trail from which something can be taken proves nothing. It holds no words.",
    ),
)

"""What is kept here of people: who made a connection to a provider."""

from typing import Final

from chimera.encryption.tables import ProviderConnectionRow
from chimera.store.personal import Personal

PERSONAL: Final = (
    Personal(
        table=ProviderConnectionRow,
        person="created_by",
        fate="kept",
        why="It is the organisation's.",
        shown=False,
    ),
)

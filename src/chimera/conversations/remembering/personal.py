"""What is remembered of people: told to themselves alone, and gone with them."""

from typing import Final

from chimera.conversations.remembering.tables import MemoryEvidenceRow, MemoryRow, MemorySettingsRow
from chimera.store.ageing import Ageing
from chimera.store.personal import Part, Personal

PERSONAL: Final = (
    Personal(
        table=MemoryRow,
        person="owner_id",
        private=True,
        hidden=frozenset({"vectors"}),
        parts=(Part(table=MemoryEvidenceRow, parent="id"),),
    ),
    Personal(table=MemorySettingsRow, person="id", private=True),
)
AGEING: Final = (Ageing(kind="memories", table=MemoryRow, moment="said_at", person="owner_id"),)

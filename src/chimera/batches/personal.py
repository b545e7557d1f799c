"""What is kept here of people: their files, and batches of requests."""

from typing import Final

from chimera.batches.tables import BatchResultRow, BatchRow, FileChunkRow, FileRow
from chimera.store.ageing import Ageing
from chimera.store.personal import Part, Personal

PERSONAL: Final = (
    Personal(table=FileRow, person="owner_id", parts=(Part(table=FileChunkRow, parent="id", chunks="data"),)),
    Personal(table=BatchRow, person="owner_id", parts=(Part(table=BatchResultRow, parent="id"),)),
)
AGEING: Final = (
    Ageing(kind="files", table=FileRow, moment="created_at", person="owner_id"),
    Ageing(kind="batches", table=BatchRow, moment="created_at", person="owner_id"),
)

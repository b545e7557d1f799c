"""What is kept here of people: responses that they asked for."""

from typing import Final

from chimera.responses.tables import ResponseContentRow, ResponseRow
from chimera.store.ageing import Ageing
from chimera.store.personal import Part, Personal

PERSONAL: Final = (
    Personal(table=ResponseRow, person="owner_id", parts=(Part(table=ResponseContentRow, parent="id"),)),
)
AGEING: Final = (Ageing(kind="responses", table=ResponseRow, moment="created_at", person="owner_id"),)

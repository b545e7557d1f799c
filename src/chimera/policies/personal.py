"""What is kept here of people: who set a section last."""

from typing import Final

from chimera.policies.tables import PolicyRow
from chimera.store.personal import Personal

PERSONAL: Final = (
    Personal(table=PolicyRow, person="updated_by", fate="kept", why="It is the organisation's.", shown=False),
)

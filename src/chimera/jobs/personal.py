"""What is kept here of people: on whose behalf something is to be done. It goes with them, done or not."""

from typing import Final

from chimera.jobs.tables import JobRow
from chimera.store.personal import Personal

# Whoever may ask for others' data need not know what they have switched on, such as memory.
PERSONAL: Final = (Personal(table=JobRow, person="owner_id", private=True),)

"""What is kept here of people: what their calls cost. Books are kept; without the user their id says nothing."""

from typing import Final

from chimera.spend.analytics.tables import UsageDayRow
from chimera.spend.tables import BudgetRow, EntryRow, HoldRow
from chimera.store.personal import Personal

_BOOKS: Final = "Books must be kept. They hold no words, and the id in them names nobody any more."

PERSONAL: Final = (
    Personal(table=EntryRow, person="actor_id", fate="kept", why=_BOOKS),
    Personal(table=HoldRow, person="actor_id", fate="kept", why="It becomes an entry of the ledger within minutes."),
    Personal(table=UsageDayRow, person="actor_id", fate="kept", why=_BOOKS),
    Personal(table=BudgetRow, person="created_by", fate="kept", why="It is the organisation's.", shown=False),
)

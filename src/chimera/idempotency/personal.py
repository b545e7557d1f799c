"""What is kept here of people: first answers to requests that bore a key, for a day."""

from typing import Final

from chimera.idempotency.tables import IdempotencyKeyRow
from chimera.store.personal import Personal

PERSONAL: Final = (Personal(table=IdempotencyKeyRow, person="owner_id", hidden=frozenset({"key_hash", "fingerprint"})),)

"""Everything that is kept of people, domain by domain. A test finds tables that nobody told of."""

from typing import Final

from chimera.audit.personal import PERSONAL as AUDIT
from chimera.batches.personal import PERSONAL as BATCHES
from chimera.conversations.personal import PERSONAL as CONVERSATIONS
from chimera.conversations.remembering.personal import PERSONAL as MEMORIES
from chimera.encryption.personal import PERSONAL as ENCRYPTION
from chimera.idempotency.personal import PERSONAL as IDEMPOTENCY
from chimera.jobs.personal import PERSONAL as JOBS
from chimera.policies.personal import PERSONAL as POLICIES
from chimera.privacy.tables import DataRequestRow, LegalHoldRow
from chimera.prompts.personal import PERSONAL as PROMPTS
from chimera.responses.personal import PERSONAL as RESPONSES
from chimera.spend.personal import PERSONAL as SPEND
from chimera.store.personal import Personal
from chimera.tenancy.personal import PERSONAL as PEOPLE
from chimera.webhooks.personal import PERSONAL as WEBHOOKS

_RECEIPTS: Final = "It proves what was done, and outlives the person."
_OWN: Final = tuple(
    Personal(table=table, person=person, fate="kept", why=_RECEIPTS, shown=False)
    for table, person in (
        (DataRequestRow, "user_id"),
        (DataRequestRow, "requested_by"),
        (LegalHoldRow, "user_id"),
        (LegalHoldRow, "created_by"),
    )
)
# What was written first, since it is the most; accounts last.
INVENTORY: Final = (
    *CONVERSATIONS,
    *MEMORIES,
    *RESPONSES,
    *BATCHES,
    *IDEMPOTENCY,
    *JOBS,
    *WEBHOOKS,
    *PROMPTS,
    *SPEND,
    *POLICIES,
    *AUDIT,
    *ENCRYPTION,
    *PEOPLE,
    *_OWN,
)

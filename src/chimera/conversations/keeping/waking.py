"""What wakes a conversation: something is said in it."""

from datetime import datetime

from chimera.conversations.errors import ConversationRetiredError
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.states import ConversationState
from chimera.conversations.tables import ConversationRow
from chimera.kit.scope import Scope
from chimera.store import Transaction


def check_not_retired(row: ConversationRow) -> None:
    """Raises ConversationRetiredError."""
    if row.state == ConversationState.RETIRED:
        raise ConversationRetiredError("Its words were deleted when they were too old. Begin another conversation.")


async def wake(tx: Transaction, scope: Scope, row: ConversationRow, now: datetime) -> None:
    """Note that something was said in a conversation that is locked.

    Raises:
        ConversationRetiredError: if its words were deleted.
    """
    check_not_retired(row)
    row.updated_at = row.quiet_since = now
    if row.state != ConversationState.ACTIVE:
        row.state, row.state_since = ConversationState.ACTIVE.value, now
        await Rests(tx, scope).foresee(now)

"""What this process's own writers have journaled of the turns that still run.

Readers here need not ask the database for it; readers on other replicas, and those who come later, do.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chimera.conversations.journal import Numbered

FIRST_SEQ: Final = 2  # 1 is `turn.started`, journaled when the turn is opened


class LiveJournals:
    """Committed entries only, so that nobody is shown what a crash could take back."""

    def __init__(self) -> None:
        self._by_turn: dict[UUID, list[Numbered]] = {}

    def add(self, turn_id: UUID, entries: Sequence[Numbered]) -> None:
        """Keep the next entries of a turn that this process writes; its first ones make it known."""
        self._by_turn.setdefault(turn_id, []).extend(entries)

    def forget(self, turn_id: UUID) -> None:
        """From now on the database is asked: the turn is over, or in other hands."""
        self._by_turn.pop(turn_id, None)

    def after(self, turn_id: UUID, seq: int, *, limit: int) -> list[Numbered] | None:
        """Entries that come after number `seq`; `None` if no writer here has journaled any of this turn.

        `seq` is at least that of `turn.started`.
        """
        entries = self._by_turn.get(turn_id)
        begin = seq + 1 - FIRST_SEQ
        return None if entries is None else entries[begin : begin + limit]

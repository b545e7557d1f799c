"""What the writer of a turn hands over to be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chimera.conversations.journal import Numbered
from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """More of one turn.

    Attributes:
        fence: Of the writer, who writes nothing more once it was raised.
        seen_at: When the writer lived, if that is to be told.
        message: JSON text of the answer as far as it is, and whose, if that is to be brought up to date.
    """

    scope: Scope
    turn_id: UUID
    fence: int
    entries: Sequence[Numbered]
    seen_at: datetime | None = None
    message: tuple[UUID, str] | None = None


class Journals(Protocol):
    """Keeps portions. A portion may be handed over again if nobody heard that it was kept."""

    async def keep(self, portion: Portion) -> bool | None:
        """Return once it outlives a crash: whether a stop was requested, `None` if the turn is not the writer's.

        Raises:
            DatabaseUnavailableError: if it is not known to be kept.
        """
        ...

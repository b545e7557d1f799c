"""Who sits on a panel, and under which names."""

import re
from typing import Final
from uuid import UUID

from msgspec import Struct

HANDLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
HUMAN: Final = "Human"
ASSISTANT: Final = "Assistant"
PANEL: Final = "Panel"
RESERVED: Final = frozenset(
    {"all", "answer", "assistant", "everyone", "human", "nobody", "others", "panel", "reviewer", "stop", "system"}
    | {"user", "you"}
)
"""Names that mean somebody else or something else, in small letters."""


class Participant(Struct, frozen=True, kw_only=True):
    """A model with a part to play.

    Attributes:
        handle: Its name in this conversation, by which it is addressed.
        persona: Instructions of its own.
        persona_id: Of the library, whose words `persona` then holds, as they were.
        budget_nusd: Once it has spent so much it is not asked any more.
        muted: Whether it only listens.
        colour: In which the person sees it, as `#rrggbb`; no model is told.
        avatar: An emoji that the person sees.
    """

    id: UUID
    handle: str
    model: str
    persona: str = ""
    persona_id: UUID | None = None
    budget_nusd: int | None = None
    muted: bool = False
    colour: str = ""
    avatar: str = ""


def may_be_called(handle: str) -> bool:
    """Whether a participant may bear the name: it must fit in a header, and mean nobody else."""
    return HANDLE.fullmatch(handle) is not None and handle.casefold() not in RESERVED

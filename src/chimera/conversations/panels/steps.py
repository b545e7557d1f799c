"""What a policy decides: who is asked next, in which role and why, or that it is over and why."""

from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.state import Role


class StopReason(StrEnum):
    """Why a panel stops by itself."""

    DONE = "done"
    HUMAN = "human"
    PAUSED = "paused"
    NOBODY = "nobody"
    TURNS = "turns"
    ROUNDS = "rounds"
    BUDGET = "budget"
    TOKENS = "tokens"
    TIME = "time"
    CONSENSUS = "consensus"
    NOTHING_NEW = "nothing_new"
    FAILURES = "failures"


class Slot(Struct, frozen=True, kw_only=True):
    """Somebody's turn.

    Attributes:
        why: Why this speaker, in a sentence for the person.
        choices: Among whom a moderator chooses.
    """

    speaker: UUID
    role: Role
    why: str
    choices: tuple[str, ...] = ()


class Ask(Struct, frozen=True, kw_only=True, tag="ask"):
    """Whose turn it is: several speak at once, and none of them hears the others meanwhile.

    Attributes:
        last: Whether nobody may speak after this.
    """

    slots: tuple[Slot, ...]
    round: int = 1
    last: bool = False


class Stop(Struct, frozen=True, kw_only=True, tag="stop"):
    """It is over for now."""

    reason: StopReason
    why: str


Step: TypeAlias = Ask | Stop


def ask(speaker: Participant, role: Role, why: str, *, round: int = 1) -> Ask:
    """Return a step in which one speaks."""
    return Ask(slots=(Slot(speaker=speaker.id, role=role, why=why),), round=round)


def ask_all(speakers: list[Participant], role: Role, why: str, *, round: int = 1) -> Ask:
    """Return a step in which several speak at once."""
    return Ask(slots=tuple(Slot(speaker=one.id, role=role, why=why) for one in speakers), round=round)

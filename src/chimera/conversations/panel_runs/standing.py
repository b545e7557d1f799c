"""The state of a panel out of what is kept. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from chimera.conversations.encoding import decode_limits, decode_parts, decode_policy, decode_seats, decode_spoken
from chimera.conversations.panels.coming import coming
from chimera.conversations.panels.participants import ASSISTANT
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Slot, Stop
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import MessageRow, PanelRow
from chimera.llm import Text

_UNFINISHED: Final = MessageStatus.STREAMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A panel while it is looked at.

    Attributes:
        state: With what is said out; those who speak now are not in it.
        slots: Whose turns follow, as far as that can be foreseen.
        end: Why it ends after them, where that is foreseen.
    """

    panel: PanelRow
    state: State
    slots: Sequence[Slot]
    end: Stop | None


def stage_of(panel: PanelRow, path: Sequence[MessageRow]) -> Stage:
    """Read a panel, and look ahead."""
    state = state_of(panel, path)
    speaking = any(row.status == _UNFINISHED for row in path)
    # What is set aside is not spent: most of it comes back.
    ahead = replace(heard_out(state, path) if speaking else state, spent_nusd=panel.spent_nusd)
    slots, end = coming(ahead)
    return Stage(panel=panel, state=state, slots=slots, end=end)


def state_of(panel: PanelRow, path: Sequence[MessageRow], *, elapsed_s: float = 0.0) -> State:
    """Read a panel and the branch that it continues."""
    return State(
        participants=decode_seats(panel.seats),
        policy=decode_policy(panel.policy),
        limits=decode_limits(panel.limits),
        seed=panel.seed,
        nominated=panel.nominated,
        spent_nusd=panel.spent_nusd + panel.held_nusd,
        spoken=tuple(speech for row in path if (speech := speech_of(row)) is not None),
        elapsed_s=elapsed_s,
    )


def heard_out(state: State, path: Sequence[MessageRow]) -> State:
    """The state as it will be when those who speak now have come to an end, whatever they say."""
    spoken = (speech_of(row) or _being_made(row) for row in path)
    return replace(state, spoken=tuple(speech for speech in spoken if speech is not None), nominated=None)


def speech_of(row: MessageRow) -> Speech | None:
    """A message as it was said; `None` for one that counts for nothing: unfinished, or asked for again."""
    parts = decode_parts(row.parts)
    if row.role == "user":
        return Speech(parts=parts)
    spoken = decode_spoken(row.speech)
    has_words = any(isinstance(part, Text) and part.text.strip() for part in parts)
    if spoken is None:
        return Speech(name=ASSISTANT, parts=parts, failed=not has_words)
    if spoken.replaced or row.status == _UNFINISHED:
        return None
    return Speech(
        author=spoken.participant_id,
        name=spoken.handle,
        role=spoken.role,
        round=spoken.round,
        parts=parts,
        failed=row.status == MessageStatus.FAILED or not has_words,
        cost_nusd=row.cost_nusd or 0,
        tokens=(row.input_tokens or 0) + (row.output_tokens or 0),
    )


def _being_made(row: MessageRow) -> Speech | None:
    spoken = decode_spoken(row.speech)
    if spoken is None or spoken.replaced:
        return None
    return Speech(
        author=spoken.participant_id,
        name=spoken.handle,
        role=spoken.role,
        round=spoken.round,
        parts=(Text(text=f"… {row.id}"),),
    )

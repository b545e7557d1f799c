"""The state of a panel out of what is kept. Pure."""

from collections.abc import Sequence
from typing import Final

from chimera.conversations.encoding import decode_limits, decode_parts, decode_policy, decode_seats, decode_spoken
from chimera.conversations.panels.participants import ASSISTANT
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import MessageRow, PanelRow
from chimera.llm import Text

_UNFINISHED: Final = MessageStatus.STREAMING


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

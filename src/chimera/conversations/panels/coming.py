"""Who will speak after those who speak now, as far as the policy lets it be known. Pure."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from chimera.conversations.panels.policies import next_step
from chimera.conversations.panels.state import PRIVATE, Speech, State
from chimera.conversations.panels.steps import Ask, Slot, Step, Stop
from chimera.llm import Text

_MOST: Final = 12


def coming(state: State) -> tuple[list[Slot], Stop | None]:
    """Return whose turns follow, and how it ends if that is foreseen; nothing is, behind a choice or a bid.

    What they will say is not known: that somebody agrees, repeats or addresses somebody changes it.
    """
    slots: list[Slot] = []
    while len(slots) < _MOST:
        step: Step = next_step(state)
        if isinstance(step, Stop):
            return slots, step
        slots.extend(step.slots)
        if step.slots[0].role in PRIVATE:
            break
        state = replace(state, spoken=(*state.spoken, *_imagined(state, step)), nominated=None)
    return slots[:_MOST], None


def _imagined(state: State, step: Ask) -> Sequence[Speech]:
    """Speeches of which nothing is known but that something was said."""
    return [
        Speech(
            author=slot.speaker,
            name=one.handle,
            role=slot.role,
            round=step.round,
            parts=(Text(text="…"),),
        )
        for slot in step.slots
        if (one := state.participant(slot.speaker)) is not None
    ]

"""Whoever is addressed speaks."""

import re
from typing import Final
from uuid import UUID

from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.policies.taking_turns import following
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask

# Not in the middle of an address of e-mail.
_ADDRESSED: Final = re.compile(r"(?<![\w@.-])@([A-Za-z][A-Za-z0-9_-]{0,31})")


def mention(state: State) -> Step:
    """Those who were addressed, in that order; models may address each other too."""
    waiting: dict[UUID, str] = {}
    asked = state.asked
    for speech in ([asked] if asked else []) + state.said("answer"):
        if speech.author is not None:
            waiting.pop(speech.author, None)
        for one in _addressed(state, speech):
            waiting.setdefault(one.id, speech.name)
    for addressed, by in waiting.items():
        speaker = next(one for one in state.able if one.id == addressed)
        return ask(speaker, "answer", f"{by} addressed {speaker.handle}.", round=following(state)[0])
    if not state.said("answer"):
        first = state.able[0]
        return ask(first, "answer", f"Nobody was addressed, and {first.handle} is first on the list.")
    return Stop(reason=StopReason.DONE, why="Nobody else was addressed.")


def _addressed(state: State, speech: Speech) -> list[Participant]:
    """In the order of the words; `@all` and `@others` are the person's to say."""
    if speech.failed:
        return []
    handles = _ADDRESSED.findall(speech.words)
    found: dict[UUID, Participant] = {}
    for handle in handles:
        one = state.named(handle)
        if one is not None and one.id != speech.author:
            found[one.id] = one
    by_name = set(found)
    for handle in map(str.casefold, handles if speech.author is None else ()):
        if handle in {"all", "everyone"}:
            found |= {one.id: one for one in state.able if one.id not in found}
        elif handle == "others":
            # All but those who are addressed by name: these are told to listen.
            found = {one.id: one for one in state.able if one.id not in by_name}
    return list(found.values())

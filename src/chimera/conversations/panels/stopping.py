"""When a panel has gone far enough, whatever its policy."""

import re
from typing import Final

from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Stop, StopReason

AGREED: Final = "[agreed]"
"""The last line of whoever has nothing to add, because all agree."""

_ASKED: Final = re.compile(r"(?<![\w@])@human\b", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_RUN: Final = 3
_REPEATED: Final = 0.8
_CONVERSING: Final = frozenset({"answer", "rebuttal"})


def reached(state: State) -> Stop | None:
    """Return the first limit that the panel has come to."""
    limits, public = state.limits, state.public
    if limits.budget_nusd is not None and state.spent_nusd >= limits.budget_nusd:
        return Stop(reason=StopReason.BUDGET, why="The panel's budget is used up.")
    if len(public) >= limits.turns:
        return Stop(reason=StopReason.TURNS, why=f"{len(public)} speeches were made.")
    if limits.tokens is not None and sum(speech.tokens for speech in state.current) >= limits.tokens:
        return Stop(reason=StopReason.TOKENS, why="The tokens of this run are used up.")
    if limits.seconds is not None and state.elapsed_s >= limits.seconds:
        return Stop(reason=StopReason.TIME, why="The time of this run is over.")
    if _nobody_answers(state):
        return Stop(reason=StopReason.FAILURES, why="Nobody could answer.")
    return _said_enough(state, public)


def _said_enough(state: State, public: list[Speech]) -> Stop | None:
    last = public[-1] if public else None
    if last is None or last.role not in _CONVERSING or last.failed:
        return None
    if state.limits.human and _ASKED.search(last.words):
        return Stop(reason=StopReason.HUMAN, why=f"{last.name} asks you.")
    if state.limits.consensus and _all_agree(state, public):
        return Stop(reason=StopReason.CONSENSUS, why="Everybody agrees.")
    if state.limits.nothing_new and _repeats(last, [speech for speech in public[:-1] if not speech.failed]):
        return Stop(reason=StopReason.NOTHING_NEW, why=f"{last.name} said nothing new.")
    return None


def _nobody_answers(state: State) -> bool:
    latest = {speech.author: speech.failed for speech in state.current}
    return bool(latest) and all(latest.get(one.id, False) for one in state.able)


def _all_agree(state: State, public: list[Speech]) -> bool:
    latest = {speech.author: speech for speech in public if not speech.failed}
    voices = [latest.get(one.id) for one in state.able]
    return len(voices) > 1 and all(voice is not None and _agrees(voice) for voice in voices)


def _agrees(speech: Speech) -> bool:
    lines = speech.words.rstrip().splitlines()
    return bool(lines) and lines[-1].strip(" *_`.").casefold() == AGREED


def _repeats(speech: Speech, earlier: list[Speech]) -> bool:
    """Whether nearly all that it says, three words at a time, was said by others or by itself before."""
    runs = _runs(speech.words)
    known = set[tuple[str, ...]]().union(*(_runs(other.words) for other in earlier))
    return bool(runs and known) and len(runs & known) >= _REPEATED * len(runs)


def _runs(words: str) -> set[tuple[str, ...]]:
    said = _WORD.findall(words.casefold())
    return {tuple(said[place : place + _RUN]) for place in range(len(said) - _RUN + 1)}

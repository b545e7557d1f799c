"""One participant chooses who speaks, among those who may."""

from uuid import UUID

from msgspec.structs import replace

from chimera.conversations.panels.policies.taking_turns import round_robin
from chimera.conversations.panels.settings import Moderator
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Ask, Slot, Step, Stop, StopReason, ask
from chimera.conversations.panels.structured import HUMAN, STOP, read_choice


def moderator(policy: Moderator, state: State) -> Step:
    """Ask the moderator, then whom it chose; after two choices that are none, or without it, take turns."""
    chair = state.named(policy.moderator)
    candidates = _candidates(policy, state)
    if chair is None or not candidates:
        return _in_turn(state, "There is no moderator who could choose")
    choices = (*candidates, HUMAN, STOP)
    made = _since_the_last_answer(state)
    if not made:
        return _choose(chair.id, choices, f"{chair.handle} chooses who speaks.")
    chosen = None if made[-1].failed else read_choice(made[-1].words, choices)
    if chosen is None:
        if len(made) == 1:
            return _choose(chair.id, choices, f"{chair.handle} chose nobody who is there, and is asked once more.")
        return _in_turn(state, f"{chair.handle} chose nobody twice")
    why = f"{chair.handle}: {chosen.why}" if chosen.why else f"{chair.handle} chose."
    return _follow(state, chosen.next, why)


def _follow(state: State, chosen: str, why: str) -> Step:
    if chosen == STOP:
        return Stop(reason=StopReason.DONE, why=why)
    speaker = None if chosen == HUMAN else state.named(chosen)
    if speaker is None:
        return Stop(reason=StopReason.HUMAN, why=why)
    return ask(speaker, "answer", why, round=_round(state))


def _candidates(policy: Moderator, state: State) -> list[str]:
    """Not the moderator, and nobody twice in a row where there are others."""
    able = [one for one in state.able if one.handle.casefold() != policy.moderator.casefold()]
    answers = state.said("answer")
    last = answers[-1].author if answers else None
    others = [one.handle for one in able if one.id != last]
    return others or [one.handle for one in able]


def _since_the_last_answer(state: State) -> list[Speech]:
    made: list[Speech] = []
    for speech in reversed(state.current):
        if speech.role != "choice":
            break
        made.insert(0, speech)
    return made


def _choose(moderator: UUID, choices: tuple[str, ...], why: str) -> Ask:
    return Ask(slots=(Slot(speaker=moderator, role="choice", why=why, choices=choices),))


def _in_turn(state: State, because: str) -> Step:
    step = round_robin(state)
    if isinstance(step, Stop):
        return step
    slots = tuple(replace(slot, why=f"{because}: {slot.why[0].lower()}{slot.why[1:]}") for slot in step.slots)
    return replace(step, slots=slots)


def _round(state: State) -> int:
    return 1 + len(state.said("answer")) // max(len(state.able), 1)

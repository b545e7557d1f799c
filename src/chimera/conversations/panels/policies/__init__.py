"""The policies: functions of a panel's state to what happens next."""

from typing import assert_never

from msgspec.structs import replace

from chimera.conversations.panels.policies.council import council, merge
from chimera.conversations.panels.policies.debate import debate
from chimera.conversations.panels.policies.mention import mention
from chimera.conversations.panels.policies.moderator import moderator
from chimera.conversations.panels.policies.taking_turns import manual, round_robin
from chimera.conversations.panels.policies.volunteer import volunteer
from chimera.conversations.panels.settings import (
    Council,
    Debate,
    Manual,
    Mention,
    Merge,
    Moderator,
    RoundRobin,
    Volunteer,
)
from chimera.conversations.panels.state import PRIVATE, State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask
from chimera.conversations.panels.stopping import reached

__all__ = ["next_step"]


def next_step(state: State) -> Step:
    """Return who speaks next and why, or why nobody does. The same state gives the same step, always and everywhere."""
    if not state.able:
        return Stop(reason=StopReason.NOBODY, why="Nobody is there who may speak.")
    called = state.participant(state.nominated)
    if called is not None and called in state.able:
        budget = reached(state)
        # The person's word goes before every limit but that of money.
        if budget is None or budget.reason is not StopReason.BUDGET:
            return _bounded(state, ask(called, "answer", "You called upon them."))
    return reached(state) or _bounded(state, _by_policy(state))


def _by_policy(state: State) -> Step:
    step: Step
    match state.policy:
        case Mention():
            step = mention(state)
        case RoundRobin():
            step = round_robin(state)
        case Moderator() as policy:
            step = moderator(policy, state)
        case Volunteer() as policy:
            step = volunteer(policy, state)
        case Debate() as policy:
            step = debate(policy, state)
        case Council() as policy:
            step = council(policy, state)
        case Merge() as policy:
            step = merge(policy, state)
        case Manual():
            step = manual()
        case _:
            assert_never(state.policy)
    return step


def _bounded(state: State, step: Step) -> Step:
    """No more speakers at once than there are turns left; whoever has the last turn is told."""
    if isinstance(step, Stop) or step.slots[0].role in PRIVATE:
        return step
    left = max(state.limits.turns - len(state.public), 1)
    return replace(step, slots=step.slots[:left], last=step.last or len(step.slots) >= left)

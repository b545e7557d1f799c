"""Sides that open at once, answer each other, and are judged."""

from chimera.conversations.panels.drawing import drawn
from chimera.conversations.panels.settings import Debate
from chimera.conversations.panels.state import State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask, ask_all


def debate(policy: Debate, state: State) -> Step:
    """Openings that do not know of each other, `rounds - 1` replies of each in an order drawn by lot, a verdict."""
    judge = state.named(policy.judge)
    sides = [one for one in state.able if one is not judge]
    if state.said("verdict"):
        return Stop(reason=StopReason.DONE, why="The judge has spoken.")
    unopened = state.without("opening", sides)
    if unopened:
        return ask_all(unopened, "opening", "Each side opens without having heard the others.")
    replies = [speech.author for speech in state.said("rebuttal")]
    for number in range(2, state.limits.rounds + 1):
        for side in drawn(state, f"replies in round {number}", sides):
            if replies.count(side.id) < number - 1:
                return ask(side, "rebuttal", f"{side.handle} replies to the others in round {number}.", round=number)
    if judge is None:
        return Stop(reason=StopReason.DONE, why="There is no judge who could decide.")
    return ask(judge, "verdict", f"{judge.handle} judges what was said.", round=state.limits.rounds)

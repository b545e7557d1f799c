"""One after another, and whoever the person calls upon."""

from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.state import State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask


def round_robin(state: State) -> Step:
    """Whoever of the list had the fewest turns, as often as there are rounds."""
    number, speaker = following(state)
    if number > state.limits.rounds:
        return Stop(reason=StopReason.ROUNDS, why=f"Everybody spoke {state.limits.rounds} times.")
    return ask(speaker, "answer", f"It is {speaker.handle}'s turn in round {number}.", round=number)


def manual() -> Step:
    """Nobody, unless the person called upon somebody."""
    return Stop(reason=StopReason.HUMAN, why="Say who speaks next.")


def following(state: State) -> tuple[int, Participant]:
    """Return whose turn it would be, and the round of it."""
    answers = [speech.author for speech in state.said("answer")]
    turns, _, speaker = min((answers.count(one.id), place, one) for place, one in enumerate(state.able))
    return turns + 1, speaker

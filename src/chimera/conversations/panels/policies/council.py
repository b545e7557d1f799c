"""All answer without seeing each other; one makes one answer of theirs, with reviews that know no names or without."""

from chimera.conversations.panels.settings import Council, Merge
from chimera.conversations.panels.state import State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask, ask_all


def council(policy: Council, state: State) -> Step:
    """Answers, a review of the others' by each who gave one, a synthesis."""
    step = _answers(policy.chair, state)
    if step is not None:
        return step
    answered = {speech.author for speech in state.said("blind") if not speech.failed}
    reviewers = [one for one in state.able if one.id in answered]
    missing = state.without("review", reviewers) if len(answered) > 1 else []
    if missing:
        return ask_all(missing, "review", "Each reviews the others' answers, whose authors are not told.", round=2)
    return _synthesis(policy.chair, state)


def merge(policy: Merge, state: State) -> Step:
    """Answers, and a synthesis."""
    return _answers(policy.chair, state) or _synthesis(policy.chair, state)


def _answers(chair: str, state: State) -> Step | None:
    """The chair answers only where it is alone."""
    if state.said("synthesis"):
        return Stop(reason=StopReason.DONE, why="The answers were brought together.")
    members = [one for one in state.able if one.handle.casefold() != chair.casefold()] or list(state.able)
    missing = state.without("blind", members)
    return ask_all(missing, "blind", "Everybody answers without having seen the others' answers.") if missing else None


def _synthesis(chair: str, state: State) -> Step:
    writer = state.named(chair)
    if writer is None:
        return Stop(reason=StopReason.DONE, why="There is nobody who could bring the answers together.")
    return ask(writer, "synthesis", f"{writer.handle} brings the answers together.", round=3)

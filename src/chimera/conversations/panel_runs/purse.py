"""What a panel may still spend, divided among those who speak at once. Pure."""

from collections.abc import Sequence

from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.state import State
from chimera.gateway.telling import Told


def allotted(state: State, speakers: Sequence[Participant]) -> list[int | None]:
    """Return what each may cost, in nano-USD; `None` where nothing limits it.

    The sums together are no more than what is left, so that the panel keeps within its budget whatever is asked.
    """
    limit = state.limits.budget_nusd
    share = None if limit is None else max(limit - state.spent_nusd, 0) // len(speakers)
    return [_least(share, _own(state, speaker)) for speaker in speakers]


def spent(told: Told, allotment: int | None) -> int:
    """What a call took of its allotment: all of it where an attempt's cost is not known."""
    costs = [charge.cost_nusd for charge in told.charges]
    known = sum(cost for cost in costs if cost is not None)
    return max(known, allotment or 0) if None in costs else known


def _own(state: State, speaker: Participant) -> int | None:
    if speaker.budget_nusd is None:
        return None
    gone = sum(speech.cost_nusd for speech in state.spoken if speech.author == speaker.id)
    return max(speaker.budget_nusd - gone, 0)


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)

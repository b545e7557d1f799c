"""Each bids for the next turn, and the highest bid has it."""

from chimera.conversations.panels.drawing import drawn
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import Volunteer
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Step, Stop, StopReason, ask, ask_all
from chimera.conversations.panels.structured import MOST_BID, Bid, read_bid


def volunteer(policy: Volunteer, state: State) -> Step:
    """Ask all but the last speaker for bids, then the highest bidder; lots decide between equals."""
    answers, bids = state.said("answer"), _since_the_last_answer(state)
    number = 1 + len(answers) // len(state.able)
    if number > state.limits.rounds:
        return Stop(reason=StopReason.ROUNDS, why=f"There were {state.limits.rounds} rounds of speeches.")
    if not bids:
        last = answers[-1].author if answers else None
        others = [one for one in state.able if one.id != last]
        return ask_all(others or list(state.able), "bid", "Everybody may bid for the next turn.", round=number)
    best = _highest(state, bids)
    if best is None or best[1].score < policy.threshold:
        return Stop(reason=StopReason.NOBODY, why="Nobody wants to speak.")
    speaker, bid = best
    said = f"{speaker.handle} bid {bid.score:g} of {MOST_BID}"
    return ask(speaker, "answer", f"{said}: {bid.why}" if bid.why else f"{said}.", round=number)


def _since_the_last_answer(state: State) -> list[Speech]:
    made: list[Speech] = []
    for speech in reversed(state.current):
        if speech.role != "bid":
            break
        made.insert(0, speech)
    return made


def _highest(state: State, bids: list[Speech]) -> tuple[Participant, Bid] | None:
    by_author = {speech.author: read_bid(speech.words) for speech in bids if not speech.failed}
    purpose = f"bids after {len(state.said('answer'))}"
    offers = [(one, bid) for one in drawn(state, purpose, state.able) if (bid := by_author.get(one.id)) is not None]
    return max(offers, key=lambda offer: offer[1].score, default=None)

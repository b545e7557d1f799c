"""Who will speak is told as far as the policy lets it be known, and nobody is told wrongly."""

from tests.conversations.panels.rooms import ADA, ALL, BOB, human, room, said

from chimera.conversations.panels.coming import coming
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.settings import Council, Debate, Mention, Moderator, Policy, RoundRobin
from chimera.conversations.panels.state import Speech
from chimera.conversations.panels.steps import StopReason

_NAMES = {one.id: one.handle for one in ALL}


def _order(policy: Policy, *spoken: Speech, limits: Limits) -> tuple[list[str], StopReason | None]:
    slots, end = coming(room(policy, *spoken, limits=limits))
    return [f"{_NAMES[slot.speaker]} {slot.role}" for slot in slots], None if end is None else end.reason


def test_turns_are_foreseen_to_their_end() -> None:
    once = Limits(rounds=1)
    assert _order(RoundRobin(), human(), said(ADA, "Because."), limits=once) == (
        ["Bob answer", "Eve answer"],
        StopReason.ROUNDS,
    )
    assert _order(Mention(), human("@Bob and @Ada?"), said(BOB, "Yes."), limits=once) == (
        ["Ada answer"],
        StopReason.DONE,
    )
    blind, reviews = ["Ada blind", "Bob blind"], ["Ada review", "Bob review"]
    assert _order(Council(chair="Eve"), human(), limits=once) == (
        [*blind, *reviews, "Eve synthesis"],
        StopReason.DONE,
    )
    assert _order(Debate(judge="Eve"), human(), limits=once)[0] == ["Ada opening", "Bob opening", "Eve verdict"]


def test_nothing_is_foreseen_behind_a_choice_and_limits_hold() -> None:
    assert _order(Moderator(moderator="Eve"), human(), limits=Limits()) == (["Eve choice"], None)
    assert _order(RoundRobin(), human(), limits=Limits(turns=2)) == (["Ada answer", "Bob answer"], StopReason.TURNS)

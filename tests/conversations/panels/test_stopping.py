"""A panel stops where it should, and says why."""

import pytest
from msgspec.structs import replace
from tests.conversations.panels.rooms import ADA, ALL, BOB, EVE, human, played, room, said

from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.policies import next_step
from chimera.conversations.panels.settings import RoundRobin
from chimera.conversations.panels.state import Speech, State
from chimera.conversations.panels.steps import Ask, Stop, StopReason

OPEN = Limits(rounds=50, turns=50)
LONG = "The sky is blue because short waves scatter more than long ones do"


def _stopped(*spoken: Speech, limits: Limits = OPEN, **more: object) -> StopReason | None:
    state = replace(room(RoundRobin(), human(), *spoken, limits=limits), **more)
    step = next_step(state)
    return step.reason if isinstance(step, Stop) else None


@pytest.mark.parametrize(
    ("limits", "more", "reason"),
    [
        (replace(OPEN, turns=1), {}, "turns"),
        (replace(OPEN, tokens=10), {}, "tokens"),
        (replace(OPEN, seconds=2.0), {"elapsed_s": 2.0}, "time"),
        (replace(OPEN, budget_nusd=5), {"spent_nusd": 5}, "budget"),
        (OPEN, {}, None),
    ],
)
def test_each_limit_ends_it(limits: Limits, more: dict[str, object], reason: str | None) -> None:
    assert _stopped(said(ADA, "Blue.", tokens=10), limits=limits, **more) == reason


def test_limits_but_the_budget_begin_anew_when_the_person_speaks() -> None:
    assert _stopped(said(ADA, "Blue.", tokens=10), human("And?"), limits=Limits(turns=1, tokens=10)) is None


def test_it_ends_when_everybody_agrees_and_not_before() -> None:
    ada, bob, eve = said(ADA, "All said.\n\n**[Agreed]**"), said(BOB, "So be it.\n[agreed]"), said(EVE, "[agreed]")
    assert _stopped(ada, bob) is None
    assert _stopped(ada, bob, eve) == "consensus"
    assert _stopped(ada, bob, said(EVE, "I do not say [agreed] yet")) is None


def test_it_ends_when_a_speech_repeats_what_was_said() -> None:
    assert _stopped(said(ADA, LONG + "."), said(BOB, f"Yes: {LONG}!")) == "nothing_new"
    assert _stopped(said(ADA, LONG), said(BOB, "No. At dusk the long way through the air leaves only red.")) is None


def test_it_ends_when_somebody_asks_the_person() -> None:
    assert _stopped(said(ADA, "What do you mean, @human?")) == "human"
    assert _stopped(said(ADA, "Write to me@human.org")) is None


def test_it_ends_when_nobody_can_answer() -> None:
    assert _stopped(*(said(one, "", failed=True) for one in ALL)) == "failures"
    assert _stopped(*(said(one, "", failed=True) for one in (ADA, BOB))) is None


def test_whoever_has_no_money_left_is_passed_over() -> None:
    poor = replace(ADA, budget_nusd=10)
    state = replace(
        room(RoundRobin(), human(), said(BOB, "One thing."), said(EVE, "Another.")), participants=(poor, BOB, EVE)
    )
    assert [one.handle for one in state.able] == ["Ada", "Bob", "Eve"]
    spent = replace(state, spoken=(human(), said(ADA, "Hm.", cost_nusd=10), human()))
    step = next_step(spent)
    assert isinstance(step, Ask)
    assert step.slots[0].speaker == BOB.id


def test_whoever_has_the_last_turn_is_told() -> None:
    steps, _ = played(room(RoundRobin(), human(), limits=Limits(turns=2)), lambda slot, _: f"new words {slot.speaker}")
    assert [step.last for step in steps] == [False, True]


def test_an_empty_room_stops_at_once() -> None:
    state: State = replace(room(RoundRobin(), human()), participants=tuple(replace(one, muted=True) for one in ALL))
    assert next_step(state) == Stop(reason=StopReason.NOBODY, why="Nobody is there who may speak.")

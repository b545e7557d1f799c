"""Each policy on scripted speakers: who speaks, in which order and why, and that it always comes to an end."""

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conversations.panels.rooms import (
    ADA,
    ALL,
    BOB,
    EVE,
    PATIENT,
    POLICIES,
    human,
    played,
    room,
    said,
    speakers,
    states,
)

from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.policies import next_step
from chimera.conversations.panels.settings import (
    Council,
    Debate,
    Manual,
    Mention,
    Merge,
    Moderator,
    Policy,
    RoundRobin,
    Volunteer,
)
from chimera.conversations.panels.state import State
from chimera.conversations.panels.steps import Ask, Slot, Step, Stop


def _plainly(slot: Slot, state: State) -> str:
    return f"speech number {len(state.spoken)} of {slot.speaker.int}"


def test_those_who_are_addressed_speak_in_that_order_and_may_address_others() -> None:
    asked = room(Mention(), human("@bob and @Ada, what do you think? (Mail to x@eve.org.)"))
    assert speakers(played(asked, _plainly)[0]) == ["Bob:answer", "Ada:answer"]
    steps, stop = played(asked, lambda slot, _: "What does @Eve say?" if slot.speaker == BOB.id else "Well.")
    assert speakers(steps) == ["Bob:answer", "Ada:answer", "Eve:answer"]
    assert steps[2].slots[0].why == "Bob addressed Eve."
    assert stop.reason == "done"


def test_all_and_others_are_the_persons_to_address() -> None:
    assert speakers(played(room(Mention(), human("@all?")), _plainly)[0]) == ["Ada:answer", "Bob:answer", "Eve:answer"]
    assert speakers(played(room(Mention(), human("@Bob listen, @others speak")), _plainly)[0]) == [
        "Ada:answer",
        "Eve:answer",
    ]
    assert speakers(played(room(Mention(), human("Hello")), lambda *_: "@all!")[0]) == ["Ada:answer"]


def test_turns_go_round_without_whoever_is_muted() -> None:
    steps, stop = played(room(RoundRobin(), human()), _plainly)
    assert speakers(steps) == ["Ada:answer", "Bob:answer", "Eve:answer"] * 2
    assert stop.reason == "rounds"
    muted = replace(room(RoundRobin(), human()), participants=(ADA, replace(BOB, muted=True), EVE))
    assert speakers(played(muted, _plainly)[0]) == ["Ada:answer", "Eve:answer"] * 2


def test_a_moderator_chooses_among_those_who_may_speak() -> None:
    script = iter(
        ['{"next":"Bob","why":"He knows."}', "Blue.", '```json\n{"next":"@ADA"}\n```', "Yes.", '{"next":"stop"}']
    )
    steps, stop = played(room(Moderator(moderator="Eve"), human()), lambda *_: next(script))
    assert speakers(steps) == ["Eve:choice", "Bob:answer", "Eve:choice", "Ada:answer", "Eve:choice"]
    assert steps[0].slots[0].choices == ("Ada", "Bob", "human", "stop")
    assert steps[2].slots[0].choices == ("Ada", "human", "stop"), "nobody speaks twice in a row"
    assert steps[1].slots[0].why == "Eve: He knows."
    assert stop.reason == "done"


def test_a_moderator_that_chooses_nobody_is_asked_again_and_then_done_without() -> None:
    script = iter(["Bob, please!", '{"next":"Mallory"}', "Blue.", '{"next":"human","why":"Ask them."}'])
    steps, stop = played(room(Moderator(moderator="Eve"), human()), lambda *_: next(script))
    assert speakers(steps) == ["Eve:choice", "Eve:choice", "Ada:answer", "Eve:choice"]
    assert "nobody twice" in steps[2].slots[0].why
    assert (stop.reason, stop.why) == ("human", "Eve: Ask them.")


def test_the_highest_bid_speaks_until_nobody_wants_to() -> None:
    bids = {ADA.id: 3, BOB.id: 9, EVE.id: 4}

    def says(slot: Slot, state: State) -> str:
        if slot.role == "answer":
            return _plainly(slot, state)
        score = bids[slot.speaker]
        bids[slot.speaker] = 1
        return f'{{"score": {score}, "why": "I must."}}'

    steps, stop = played(room(Volunteer(threshold=5), human()), says)
    assert speakers(steps) == ["Ada+Bob+Eve:bid", "Bob:answer", "Ada+Eve:bid"]
    assert steps[1].slots[0].why == "Bob bid 9 of 10: I must."
    assert stop.reason == "nobody"


def test_lots_decide_between_equal_bids_and_depend_on_the_seed_alone() -> None:
    bids = [said(one, '{"score": 7}', "bid") for one in ALL]
    firsts = [next_step(room(Volunteer(), human(), *bids, seed=seed)) for seed in range(20)]
    assert len({step.slots[0].speaker for step in firsts if isinstance(step, Ask)}) == 3
    assert firsts == [next_step(room(Volunteer(), human(), *bids, seed=seed)) for seed in range(20)]


def test_a_debate_opens_at_once_replies_in_turn_and_is_judged() -> None:
    steps, stop = played(room(Debate(judge="Eve"), human(), limits=replace(PATIENT, rounds=3)), _plainly)
    told = speakers(steps)
    assert told[0] == "Ada+Bob:opening"
    assert sorted(told[1:3]) == sorted(told[3:5]) == ["Ada:rebuttal", "Bob:rebuttal"]
    assert told[5:] == ["Eve:verdict"]
    assert stop.reason == "done"


def test_a_council_answers_blindly_reviews_and_is_brought_together() -> None:
    steps, stop = played(room(Council(chair="Eve"), human()), _plainly)
    assert speakers(steps) == ["Ada+Bob:blind", "Ada+Bob:review", "Eve:synthesis"]
    assert stop.reason == "done"
    alone, _ = played(room(Council(chair="Eve"), human()), lambda slot, _: None if slot.speaker == BOB.id else "Blue.")
    assert speakers(alone) == ["Ada+Bob:blind", "Eve:synthesis"], "one answer has nobody to be reviewed by"


def test_all_answer_and_one_merges() -> None:
    assert speakers(played(room(Merge(chair="Eve"), human()), _plainly)[0]) == ["Ada+Bob:blind", "Eve:synthesis"]


def test_whoever_the_person_calls_upon_speaks_under_every_policy() -> None:
    for policy in POLICIES:
        step = next_step(replace(room(policy, human()), nominated=BOB.id))
        assert isinstance(step, Ask)
        assert [(slot.speaker, slot.role) for slot in step.slots] == [(BOB.id, "answer")]
    assert next_step(room(Manual(), human())) == Stop(reason="human", why="Say who speaks next.")  # type: ignore[arg-type]  # its value


@given(policy=st.sampled_from(POLICIES), seed=st.integers(0, 99), lots=st.integers(0, 2**32), limits=st.builds(Limits))
def test_every_policy_ends_whatever_is_said_and_within_its_turns(
    policy: Policy, seed: int, lots: int, limits: Limits
) -> None:
    drawn = random.Random(lots)
    sayings = (
        "@Ada @Bob @Eve", "{",
        '{"next":"Bob"}', '{"next":"Nobody"}', '{"score":9}', None, "Blue.", "[agreed]", "@human?",
        "One two three four.",
    )  # fmt: skip
    state = room(policy, human(), limits=replace(limits, turns=6), seed=seed)
    steps, _ = played(state, lambda *_: drawn.choice(sayings))
    public = [slot for step in steps for slot in step.slots if slot.role not in {"choice", "bid"}]
    assert len(public) <= 6
    assert all(slot.why for step in steps for slot in step.slots)


@given(state=states())
def test_a_state_gives_one_step_even_after_it_was_written_down(state: State) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(state), type=State)
    step: Step = next_step(state)
    assert next_step(kept) == step
    assert msgspec.json.decode(msgspec.json.encode(step), type=Step) == step

"""A panel's run is a turn: ended, stopped, skipped, paused or taken over, each speech is kept as whose it is."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import cast
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.conversations.house import STARTED, STOP, House, Tasks, Unheard, Unsteady, someone, texts
from tests.conversations.panels.rooms import ADA, ALL, BOB, EVE, POLICIES
from tests.conversations.panels.stage import Cast, ask, messages, panel, says, spoken_of, told, words_of

from chimera.conversations.errors import (
    ConversationNotFoundError,
    PanelConversationError,
    PanelNotFoundError,
    PanelSettingsError,
    TurnInProgressError,
)
from chimera.conversations.journal import PanelStopped, SpeechDelta, SpeechFinished, SpeechStarted, heard_of, replay
from chimera.conversations.panel_runs.service import Panels, SeatChange, Settings, Words
from chimera.conversations.panels.limits import Limits
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
from chimera.conversations.service import ConversationChange, Saying
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import ProviderRateLimitError, TextDelta
from chimera.store import Database

ROUND = Limits(rounds=1)


def _house(database: Database, tasks: Tasks, cast: Cast) -> House:
    return House(database=database, tasks=tasks, model=cast)  # type: ignore[arg-type]  # a gateway like it


async def test_each_speaks_in_turn_and_is_kept_as_itself(database: Database, tasks: Tasks, ada: Scope) -> None:
    cast = Cast(ada=says("It scatters."), bob=says("⟦Bob⟧\nAnd at dusk it reddens.\n⟦Ada⟧\nTrue!"), eve=says("Fine."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL, ROUND)
    taken = await ask(panels, ada, talk, "Why is the sky blue?")
    ended = await house.end(ada, taken)
    assert (ended.turn.status, ended.turn.error) == ("completed", None)
    rows = await messages(house, ada, talk)
    assert [words_of(row) for row in rows] == [
        "Why is the sky blue?",
        "It scatters.",
        "And at dusk it reddens.\n",
        "Fine.",
    ]
    assert [row.parent_id for row in rows[1:]] == [row.id for row in rows[:-1]]
    assert [spoken_of(row).handle for row in rows[1:]] == ["Ada", "Bob", "Eve"]
    assert spoken_of(rows[1]).why == "It is Ada's turn in round 1."
    assert [spoken_of(row).impersonated for row in rows[1:]] == [None, "Ada", None]
    assert {row.status for row in rows} == {"complete"}
    assert rows[1].input_tokens == 7
    entries = await told(house, ada, taken.turn.id)
    started = [entry for entry in entries if isinstance(entry, SpeechStarted)]
    assert [entry.message_id for entry in started] == [row.id for row in rows[1:]]
    assert replay(heard_of(entries, rows[2].id)).text == "And at dusk it reddens.\n"
    assert [entry.reason for entry in entries if isinstance(entry, PanelStopped)] == ["rounds"]
    shown = cast.calls[2].request
    assert "⟦Bob⟧\nAnd at dusk" in str(shown.messages[0].parts[0].text)  # type: ignore[union-attr]
    assert "True!" not in str(shown)
    assert ended.message is not None
    assert ended.message.id == rows[-1].id
    assert (await house.conversations.get(ada, talk)).row.title == "Why is the sky blue?"


async def test_those_who_answer_blindly_are_heard_side_by_side(database: Database, tasks: Tasks, ada: Scope) -> None:
    gates = {name: asyncio.Event() for name in ("ada", "bob")}
    cast = Cast(
        ada=[(STARTED, *texts("X"), gates["ada"], *texts("x"), STOP)],
        bob=[(STARTED, *texts("Y"), gates["bob"], *texts("y"), STOP)],
        eve=says("Both."),
    )
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, Merge(chair="Eve"), ALL)
    taken = await ask(panels, ada, talk, "Which letters?")
    journal = house.readers.follow(ada, taken.turn.id)
    first: list[str] = []
    async for numbered in journal:
        if isinstance(numbered.entry, SpeechDelta) and isinstance(numbered.entry.heard, TextDelta):
            first.append(numbered.entry.heard.text)
        if len(first) == 2:
            break
    await journal.aclose()
    assert sorted(first) == ["X", "Y"], "both are heard while both still speak"
    gates["bob"].set()
    gates["ada"].set()
    await house.end(ada, taken)
    rows = await messages(house, ada, talk)
    assert [(spoken_of(row).handle, spoken_of(row).role, words_of(row)) for row in rows[1:]] == [
        ("Ada", "blind", "Xx"),
        ("Bob", "blind", "Yy"),
        ("Eve", "synthesis", "Both."),
    ]
    assert "Yy" not in str(cast.calls[0].request)
    assert "⟦Ada⟧\nXx" in cast.calls[2].request.messages[0].parts[0].text  # type: ignore[union-attr]


async def test_every_policy_runs_to_its_end(database: Database, tasks: Tasks, ada: Scope) -> None:
    expected = {
        Mention: ["bob", "ada"],
        RoundRobin: ["ada", "bob", "eve"],
        Moderator: ["eve", "bob", "eve"],
        Volunteer: ["ada", "bob", "eve", "bob", "ada", "eve"],
        Debate: ["ada", "bob", "eve"],
        Council: ["ada", "bob", "ada", "bob", "eve"],
        Merge: ["ada", "bob", "eve"],
        Manual: [],
    }
    scripts: dict[type, dict[str, list[str]]] = {
        Moderator: {"eve": ['{"next":"Bob","why":"He knows."}', '{"next":"stop"}']},
        Volunteer: {
            "ada": ['{"score":3}', '{"score":0}'],
            "bob": ['{"score":8,"why":"I know."}', "Blue."],
            "eve": ['{"score":2}', '{"score":0}'],
        },
    }
    for policy in POLICIES:
        given = {name: [f"Words of {name}."] for name in ("ada", "bob", "eve")} | scripts.get(type(policy), {})
        cast = Cast(**{name: says(*words) for name, words in given.items()})
        house = _house(database, tasks, cast)
        panels, talk = await panel(house, ada, policy, ALL, ROUND)
        ended = await house.end(ada, await ask(panels, ada, talk, "@Bob, then @Ada: why?"))
        assert ended.turn.status == "completed"
        asked, wanted = cast.asked(), expected[type(policy)]
        assert sorted(asked) == sorted(wanted)
        if type(policy) in {Mention, RoundRobin, Moderator}:
            assert asked == wanted


async def test_a_panel_never_exceeds_its_budget(database: Database, tasks: Tasks, ada: Scope) -> None:
    for limits, costs in ((Limits(budget_nusd=100, rounds=50, turns=50), 30), (Limits(budget_nusd=100), None)):
        cast = Cast(costs, ada=says("One."), bob=says("Two."), eve=says("Three."))
        house = _house(database, tasks, cast)
        panels, talk = await panel(house, ada, Council(chair="Eve"), ALL, replace(limits, nothing_new=False))
        for _ in range(4):
            taken = await ask(panels, ada, talk, "Again?")
            await house.end(ada, taken)
        row = await panels.get(ada, talk)
        allotments = [call.wishes.most_nusd for call in cast.calls]
        assert allotments[:2] == [50, 50]
        assert None not in allotments
        assert row.held_nusd == 0
        assert 0 < row.spent_nusd <= 100
        assert costs is not None or row.spent_nusd == 100, "what nobody knows the cost of took all that was held for it"
        entries = await told(house, ada, taken.turn.id)
        assert [entry.reason for entry in entries if isinstance(entry, PanelStopped)] == ["budget"]


async def test_one_speaker_that_fails_does_not_end_the_panel(database: Database, tasks: Tasks, ada: Scope) -> None:
    refused = ProviderRateLimitError("Slow down.", provider="test")
    cast = Cast(ada=[(refused,)], bob=[(STARTED, *texts("Half"))], eve=says("Whole."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL, ROUND)
    ended = await house.end(ada, await ask(panels, ada, talk, "Well?"))
    assert ended.turn.status == "completed"
    rows = await messages(house, ada, talk)
    assert [row.status for row in rows[1:]] == ["failed", "failed", "complete"]
    assert "provider_rate_limited" in str(rows[1].error)
    assert "Half" not in str(cast.calls[2].request), "what failed is shown to nobody"


async def test_a_stopped_panel_keeps_what_was_said(database: Database, tasks: Tasks, ada: Scope) -> None:
    cast = Cast(ada=[(STARTED, *texts("As far as "), asyncio.Event())], bob=says("No."), eve=says("No."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL)
    taken = await ask(panels, ada, talk, "Well?")
    await _until_heard(house, ada, taken.turn.id)
    await house.turns.stop(ada, taken.turn.id)
    ended = await house.end(ada, taken)
    assert ended.turn.status == "stopped"
    rows = await messages(house, ada, talk)
    assert [(row.status, words_of(row)) for row in rows[1:]] == [("stopped", "As far as ")]
    assert cast.left == {"test/ada"}
    entries = await told(house, ada, taken.turn.id)
    assert [entry.status for entry in entries if isinstance(entry, SpeechFinished)] == ["stopped"]


async def test_whoever_is_skipped_ends_and_the_next_one_speaks(database: Database, tasks: Tasks, ada: Scope) -> None:
    cast = Cast(ada=[(STARTED, *texts("On and on "), asyncio.Event())], bob=says("Short."), eve=says("Fine."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL, ROUND)
    taken = await ask(panels, ada, talk, "Well?")
    await _until_heard(house, ada, taken.turn.id)
    with pytest.raises(TurnInProgressError):
        await ask(panels, ada, talk, "And?")
    await panels.skip(ada, talk, "ada")
    ended = await house.end(ada, taken)
    assert ended.turn.status == "completed"
    rows = await messages(house, ada, talk)
    assert [(row.status, words_of(row)) for row in rows[1:]] == [
        ("stopped", "On and on "),
        ("complete", "Short."),
        ("complete", "Fine."),
    ]


async def test_what_the_person_says_meanwhile_is_answered_by_the_next(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    gate = asyncio.Event()
    cast = Cast(ada=[(STARTED, *texts("First "), gate, *texts("part."), STOP), *says("Red.")], bob=says("Green."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), (ADA, BOB), ROUND)
    taken = await ask(panels, ada, talk, "Which colour?")
    await _until_heard(house, ada, taken.turn.id)
    await panels.interject(ada, talk, Words(text="Not blue!"))
    gate.set()
    await house.end(ada, taken)
    rows = await messages(house, ada, talk)
    assert [words_of(row) for row in rows] == ["Which colour?", "First part.", "Not blue!", "Red.", "Green."]
    assert "⟦Human⟧\nNot blue!" in cast.calls[1].request.messages[-1].parts[0].text  # type: ignore[union-attr]


async def test_it_pauses_steps_and_goes_on_with_changed_seats(database: Database, tasks: Tasks, ada: Scope) -> None:
    gate = asyncio.Event()
    cast = Cast(ada=[(STARTED, *texts("One"), gate, STOP)], bob=says("Two."), eve=says("Three."), new=says("Four."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL, ROUND)
    taken = await ask(panels, ada, talk, "Count.")
    await _until_heard(house, ada, taken.turn.id)
    assert (await panels.pause(ada, talk)).pausing
    gate.set()
    await house.end(ada, taken)
    assert cast.asked() == ["ada"]
    stepped = await ask(panels, ada, talk, None, steps=1)
    await house.end(ada, stepped)
    assert cast.asked() == ["ada", "bob"]
    await panels.seat(ada, talk, "Eve", SeatChange(model="test/new"))
    await house.end(ada, await ask(panels, ada, talk, None))
    assert cast.asked() == ["ada", "bob", "new"]
    await panels.seat(ada, talk, "Ada", SeatChange(muted=True))
    await house.end(ada, await ask(panels, ada, talk, "Again.", next="Eve", steps=2))
    assert cast.asked()[3:] == ["new", "bob"]


async def test_a_speech_is_made_again_in_the_same_part(database: Database, tasks: Tasks, ada: Scope) -> None:
    cast = Cast(ada=says("Bad answer.", "Better answer."), bob=says("Two."), eve=says("Merged.", "Merged again."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, Merge(chair="Eve"), ALL)
    await house.end(ada, await ask(panels, ada, talk, "Well?"))
    rows = await messages(house, ada, talk)
    await house.end(ada, await panels.retry(ada, talk, rows[1].id))
    assert "Two." not in str(cast.calls[-1].request), "it is as blind as before"
    await house.end(ada, await panels.retry(ada, talk, rows[3].id))
    last = str(cast.calls[-1].request)
    assert "Better answer." in last
    assert "Bad answer." not in last
    rows = await messages(house, ada, talk)
    assert [spoken_of(row).replaced for row in rows[1:]] == [True, False, True, False, False]


async def test_a_dead_writers_panel_is_ended_with_all_that_was_said(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    cast = Cast(ada=says("Done."), bob=[(STARTED, *texts("Cut"), asyncio.Event())], eve=says("No."))
    house = _house(database, tasks, cast)
    panels, talk = await panel(house, ada, RoundRobin(), ALL, Limits(budget_nusd=100))
    taken = await ask(panels, ada, talk, "Well?")
    await _until_heard(house, ada, taken.turn.id, "Cut")
    assert await house.reaper.sweep(house.clock() + timedelta(seconds=1)) == 1
    ended = await house.end(ada, taken)
    assert ended.turn.status == "interrupted"
    await tasks.done()
    rows = await messages(house, ada, talk)
    assert [(row.status, words_of(row)) for row in rows] == [
        ("complete", "Well?"),
        ("complete", "Done."),
        ("interrupted", "Cut"),
    ]
    row = await panels.get(ada, talk)
    assert (row.spent_nusd, row.held_nusd) == (100, 0), "what may have been spent is taken for spent"
    entries = await told(house, ada, taken.turn.id)
    assert [type(entry).__name__ for entry in entries[-2:]] == ["SpeechFinished", "TurnFinished"]


@pytest.mark.parametrize("kind", [Unsteady, Unheard])
async def test_a_step_is_begun_once_though_the_database_is_away_for_a_while(
    database: Database, tasks: Tasks, ada: Scope, kind: type[Unsteady | Unheard]
) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    model = Cast(ada=[(STARTED, *texts("One."), gates[0], STOP)], bob=[(STARTED, *texts("Two."), gates[1], STOP)])
    troubled = kind(database)
    house = _house(cast("Database", troubled), tasks, model)
    house.readers = dataclasses.replace(house.readers, database=database)
    panels, talk = await panel(house, ada, RoundRobin(), (ADA, BOB), Limits(rounds=1, budget_nusd=100))
    taken = await ask(panels, ada, talk, "Count.")
    await _until_heard(house, ada, taken.turn.id, "One.")
    troubled.failures = 3
    gates[0].set()
    await _until_heard(house, ada, taken.turn.id, "Two.")
    gates[1].set()
    ended = await house.end(ada, taken)
    assert ended.turn.status == "completed"
    rows = await messages(house, ada, talk)
    assert [(row.status, words_of(row)) for row in rows[1:]] == [("complete", "One."), ("complete", "Two.")]
    assert model.asked() == ["ada", "bob"]
    assert (await panels.get(ada, talk)).held_nusd == 0
    entries = await house.heard(ada, taken)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    spoke = [type(each.entry).__name__ for each in entries if isinstance(each.entry, SpeechStarted | SpeechFinished)]
    assert spoke == ["SpeechStarted", "SpeechFinished"] * 2


async def test_one_model_alone_does_not_speak_where_a_panel_does(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = _house(database, tasks, Cast(ada=says("x")))
    panels, talk = await panel(house, ada, RoundRobin(), (ADA,))
    with pytest.raises(PanelConversationError):
        await house.turns.take(ada, talk, Saying(text="Hi", model="test/ada"))
    for stranger in (someone(), someone(ada)):
        with pytest.raises(ConversationNotFoundError):
            await panels.get(stranger, talk)
        with pytest.raises(ConversationNotFoundError):
            await ask(panels, stranger, talk, "Hi")
    await house.conversations.delete(ada, talk)
    with pytest.raises(ConversationNotFoundError):
        await panels.get(ada, talk)


async def test_names_must_not_clash_and_parts_must_be_somebodys(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = _house(database, tasks, Cast())
    panels, talk = await panel(house, ada, RoundRobin(), (ADA,))
    twin = replace(BOB, handle="ADA")
    called_human = replace(BOB, handle="Human")
    for seats, policy in (((ADA, twin), RoundRobin()), ((called_human,), RoundRobin()), ((ADA,), Debate(judge="Eve"))):
        with pytest.raises(PanelSettingsError):
            await panels.put(ada, talk, Settings(participants=seats, policy=policy, limits=Limits()))
    kept = await panels.put(
        ada, talk, Settings(participants=(EVE, replace(ADA, id=new_id())), policy=Manual(), limits=ROUND)
    )
    assert str(ADA.id) in kept.seats, "whoever bears the same name stays who it is"
    other = await house.conversations.create(ada, ConversationChange())
    with pytest.raises(PanelNotFoundError):
        await Panels(turns=house.turns).get(ada, other.row.id)


async def _until_heard(house: House, scope: Scope, turn_id: UUID, text: str = "") -> None:
    journal = house.readers.follow(scope, turn_id)
    async for numbered in journal:
        heard = numbered.entry.heard if isinstance(numbered.entry, SpeechDelta) else None
        if isinstance(heard, TextDelta) and text in heard.text:
            break
    await journal.aclose()

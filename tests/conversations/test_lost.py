"""Turns go on, and end, after their organisation destroyed its keys."""

import asyncio

import pytest
from tests.conversations.house import STARTED, STOP, House, Model, Tasks, answer, texts
from tests.conversations.test_reaping import long_ago
from tests.sealing import FixedKeys

from chimera.conversations.encoding import decode_parts
from chimera.conversations.journal import TurnFinished
from chimera.conversations.service import Saying
from chimera.kit.scope import Scope
from chimera.llm import Text, TextDelta
from chimera.store import Database


async def test_a_dead_writer_s_turn_ends_though_its_journal_is_lost(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    keys = FixedKeys()
    content = database.sealed_by(keys)
    zombie = House(database=content, tasks=tasks, model=Model(STARTED, *texts("Half"), asyncio.Event()), clock=long_ago)
    alive = House(database=content, tasks=tasks, model=Model(*answer("Next")), replica="b")
    taken = await zombie.ask(ada)
    journal = alive.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
    keys.destroy()
    assert await alive.reaper.sweep() == 1
    (last,) = [numbered async for numbered in journal]
    assert (last.seq, type(last.entry)) == (3, TurnFinished)
    assert [type(numbered.entry) for numbered in await alive.heard(ada, taken)] == [TurnFinished]
    ended = await alive.readers.get(ada, taken.turn.id)
    assert ended.message is not None
    assert (ended.turn.status, decode_parts(ended.message.parts)) == ("interrupted", ())
    again = await alive.turns.take(ada, taken.turn.conversation_id, Saying(text="Go on"))
    assert (await alive.end(ada, again)).turn.status == "completed"
    await tasks.done()


async def test_a_lost_journal_ends_as_its_turn_did_and_is_told_once(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    keys = FixedKeys()
    house = House(database=database.sealed_by(keys), tasks=tasks, model=Model(*answer("Good ", "morning")))
    taken = await house.ask(ada)
    await house.end(ada, taken)
    await tasks.done()
    whole = await house.heard(ada, taken)
    keys.destroy()
    (last,) = await house.heard(ada, taken)
    assert isinstance(last.entry, TurnFinished)
    assert (last.seq, last.entry.status, last.entry.finish_reason) == (whole[-1].seq, "completed", "stop")
    assert await house.heard(ada, taken, after=last.seq) == []


@pytest.mark.parametrize("stops", [False, True])
async def test_an_answer_that_is_being_written_meanwhile_is_whole(
    database: Database, tasks: Tasks, ada: Scope, stops: bool
) -> None:
    keys, gate = FixedKeys(), asyncio.Event()
    steps = (STARTED, *texts("Good "), gate, *texts("morning"), STOP)
    house = House(database=database.sealed_by(keys), tasks=tasks, model=Model(*steps))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
    keys.destroy()
    if stops:
        await house.turns.stop(ada, taken.turn.id)
    else:
        gate.set()
    ended = await house.end(ada, taken)
    assert ended.message is not None
    wanted = Text(text="Good " if stops else "Good morning")
    assert (ended.turn.status, decode_parts(ended.message.parts)) == ("stopped" if stops else "completed", (wanted,))
    told = [numbered.entry for numbered in await house.heard(ada, taken)]
    assert [type(entry) for entry in told] == [TurnFinished] if stops else [TextDelta, TurnFinished]
    await tasks.done()

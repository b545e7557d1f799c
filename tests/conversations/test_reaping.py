"""A writer that died leaves its turn to the reaper; one that only seemed dead writes nothing more."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.conversations.house import STARTED, STOP, House, Model, Tasks, someone, texts
from tests.sealing import connect_with_keys

from chimera.conversations.encoding import decode_failure, decode_parts
from chimera.conversations.journal import TurnFinished
from chimera.conversations.repository import KeptConversations
from chimera.conversations.service import Saying
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.store import Database, engines


def long_ago() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


def later() -> datetime:
    return utc_now() + timedelta(seconds=31)


async def test_a_dead_writer_s_turn_is_interrupted_with_all_that_was_journaled(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    model = Model(STARTED, *texts("Half of"), asyncio.Event())
    zombie = House(database=database, tasks=tasks, model=model, clock=long_ago)
    alive = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Next"), STOP), replica="b")
    taken = await zombie.ask(ada)
    journal = alive.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]

    assert await alive.reaper.sweep() == 1

    last = [numbered async for numbered in journal]
    assert [type(numbered.entry) for numbered in last] == [TurnFinished]
    ended = await alive.readers.get(ada, taken.turn.id)
    failure = decode_failure(ended.turn.error)
    assert failure is not None
    assert (ended.turn.status, failure.code) == ("interrupted", "turn_interrupted")
    assert ended.message is not None
    assert (ended.message.status, decode_parts(ended.message.parts)) == ("interrupted", (Text(text="Half of"),))

    # The conversation is free again; the writer that was only thought dead leaves its model and changes nothing.
    again = await alive.turns.take(ada, taken.turn.conversation_id, Saying(text="Go on"))
    assert (await alive.end(ada, again)).turn.status == "completed"
    await model.left.wait()
    await tasks.done()
    assert await alive.heard(ada, taken, last[0].seq) == []
    unchanged = await alive.readers.get(ada, taken.turn.id)
    assert unchanged.message is not None
    assert decode_parts(unchanged.message.parts) == (Text(text="Half of"),)


async def test_a_turn_whose_task_never_began_is_reaped_too(database: Database, tasks: Tasks, ada: Scope) -> None:
    dead = House(database=database, tasks=tasks, model=Model())
    dead.turns.spawn = lambda work: work.close()
    taken = await dead.ask(ada)
    alive = House(database=database, tasks=tasks, model=Model(), clock=later, replica="b")
    assert await alive.reaper.sweep() == 1
    ended = await alive.readers.get(ada, taken.turn.id)
    assert ended.message is not None
    assert (ended.turn.status, ended.message.parts) == ("interrupted", "[]")


async def test_of_two_replicas_exactly_one_reaps(database: Database, tasks: Tasks, ada: Scope) -> None:
    dead = House(database=database, tasks=tasks, model=Model())
    dead.turns.spawn = lambda work: work.close()
    turns = [await dead.ask(someone()) for _ in range(3)]
    replicas = [House(database=database, tasks=tasks, model=Model(), clock=later, replica=name) for name in "bc"]
    ended = await asyncio.gather(*(replica.reaper.sweep() for replica in replicas))
    assert sum(ended) == len(turns)
    assert await replicas[0].reaper.sweep() == 0


async def test_a_turn_that_a_standing_server_holds_keeps_no_other_from_its_end(
    postgres_url: str, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engines._POSTGRES_SETTINGS, "lock_timeout", "300ms")
    async with connect_with_keys(postgres_url) as database:
        dead = House(database=database, tasks=tasks, model=Model(), clock=long_ago)
        dead.turns.spawn = lambda work: work.close()
        holders = [someone(), someone()]
        held, free = [(await dead.ask(one)).turn for one in holders]
        alive = House(database=database, tasks=tasks, model=Model(), replica="b")
        async with database.transaction(holders[0]) as tx:
            await KeptConversations(tx, holders[0]).locked(held.conversation_id)
            assert await asyncio.create_task(alive.reaper.sweep()) == 1
        assert (await alive.readers.get(holders[1], free.id)).turn.status == "interrupted"
        assert await alive.reaper.sweep() == 1


async def test_a_living_writer_is_left_alone_also_when_the_model_says_nothing(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, go_on, STOP))
    taken = await house.ask(ada)
    opened = taken.turn.heartbeat_at
    while (await house.readers.get(ada, taken.turn.id)).turn.heartbeat_at == opened:
        await asyncio.wait({asyncio.ensure_future(go_on.wait())}, timeout=0.02)
    assert await house.reaper.sweep() == 0
    go_on.set()
    assert (await house.end(ada, taken)).turn.status == "completed"


async def test_a_turn_that_was_to_be_stopped_ends_stopped(database: Database, tasks: Tasks, ada: Scope) -> None:
    dead = House(database=database, tasks=tasks, model=Model())
    dead.turns.spawn = lambda work: work.close()
    taken = await dead.ask(ada)
    alive = House(database=database, tasks=tasks, model=Model(), clock=later)
    await alive.turns.stop(ada, taken.turn.id)
    await alive.reaper.sweep()
    ended = await alive.readers.get(ada, taken.turn.id)
    assert (ended.turn.status, ended.turn.error) == ("stopped", None)


async def test_the_reaper_sweeps_as_soon_as_it_runs(database: Database, tasks: Tasks, ada: Scope) -> None:
    dead = House(database=database, tasks=tasks, model=Model())
    dead.turns.spawn = lambda work: work.close()
    taken = await dead.ask(ada)
    alive = House(database=database, tasks=tasks, model=Model(), clock=later)
    tasks.spawn(alive.reaper.run())
    assert (await alive.end(ada, taken)).turn.status == "interrupted"

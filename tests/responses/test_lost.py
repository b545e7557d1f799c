"""Responses end, and others begin, after their organisation destroyed its keys."""

import asyncio
from contextlib import aclosing

import pytest
from tests.conversations.house import STARTED, STOP, USED, Tasks, answer, texts
from tests.responses.house import House, Model, later, long_ago, said
from tests.sealing import FixedKeys

from chimera.crypto.sealing import KeyDestroyedError
from chimera.kit.scope import Scope
from chimera.responses.frames import read, split
from chimera.store import Database


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_dead_writer_s_response_is_ended_though_nothing_of_it_can_be_read(
    database: Database, tasks: Tasks, ada: Scope, streamed: bool
) -> None:
    keys = FixedKeys()
    content = database.sealed_by(keys)
    dead, alive = (House(database=content, tasks=tasks, clock=when) for when in (long_ago, later))
    dead.die()
    name, other = await dead.begin(ada, streamed=streamed), await dead.begin(ada)
    keys.destroy()
    with pytest.raises(KeyDestroyedError):
        await alive.get(ada, name)
    assert b'"cancelled"' in await alive.rooms.runs.cancel(ada, other)
    assert await alive.reaper.sweep() == 1
    ended = await alive.get(ada, name)
    assert (ended["id"], ended["status"], ended["output"]) == (name, "failed", [])
    assert ended["error"]["code"] == "server_error"
    if streamed:
        assert [kind for _, kind in await alive.events(ada, name)] == ["response.failed"]
    with pytest.raises(KeyDestroyedError):
        await alive.rooms.archive.input_items(ada, name)


async def test_one_that_is_being_written_meanwhile_is_whole(database: Database, tasks: Tasks, ada: Scope) -> None:
    keys, gate = FixedKeys(), asyncio.Event()
    model = Model(STARTED, *texts("Good "), gate, *texts("morning"), USED, STOP)
    house = House(database=database.sealed_by(keys), tasks=tasks, model=model)
    name = await house.begin(ada)
    found = await house.rooms.readers.find(ada, name)
    async with aclosing(house.rooms.readers.follow(ada, found)) as blocks:
        await anext(blocks)
        keys.destroy()
        gate.set()
        await tasks.done()
        rest = [read(frame).type async for block in blocks for frame in split(block)]
    assert rest[-1] == "response.completed"
    ended = await house.get(ada, name)
    assert (ended["status"], ended["output"][0]["content"][0]["text"]) == ("completed", "Good morning")


async def test_what_was_said_is_neither_read_nor_continued_and_what_comes_is(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    keys = FixedKeys()
    house = House(database=database.sealed_by(keys), tasks=tasks, model=Model(*answer("Good")))
    kept, written = await house.keep(ada, said("Hello")), await house.begin(ada)
    await house.ended(ada, written)
    await tasks.done()
    keys.destroy()
    for asked in (
        house.get(ada, kept),
        house.rooms.archive.history(ada, kept),
        house.rooms.archive.items(ada, ["msg_a"]),
        house.events(ada, written),
    ):
        with pytest.raises(KeyDestroyedError):
            await asked
    again = await house.keep(ada, said("Anew", "msg_b"))
    assert (await house.get(ada, again))["output"] == [said("Anew", "msg_b")]
    await house.rooms.runs.delete(ada, kept)

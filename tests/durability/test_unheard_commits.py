"""A commit that succeeded although its answer was lost: what is tried again is not kept twice."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from tests.conversations.house import STARTED, STOP, House, Model, Tasks, Unheard, someone, texts

from chimera.conversations.journal import replay
from chimera.llm import Text
from chimera.store import Database


async def test_the_journal_and_the_end_of_a_turn_are_kept_once(database: Database) -> None:
    ada, tasks, go_on, end = someone(), Tasks(), asyncio.Event(), asyncio.Event()
    model = Model(STARTED, *texts("one "), go_on, *texts("two "), end, *texts("three"), STOP)
    unheard = Unheard(database)
    house = House(database=cast("Database", unheard), tasks=tasks, model=model)
    house.readers = replace(house.readers, database=database)
    taken = await house.ask(ada)
    async with aclosing(house.readers.follow(ada, taken.turn.id)) as journal:
        assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
        unheard.failures = 2
        go_on.set()
        assert (await anext(journal)).seq == 3
        unheard.failures = 2
        end.set()
        rest = [numbered async for numbered in journal]
    heard = await house.heard(ada, taken)
    assert [numbered.seq for numbered in heard] == list(range(1, len(heard) + 1))
    assert heard[3:] == rest
    assert replay(numbered.entry for numbered in heard).parts == (Text(text="one two three"),)
    assert (await house.end(ada, taken)).turn.status == "completed"
    await tasks.done()

"""Readers may come, go, be slow or be elsewhere: each hears every entry once, in order."""

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.conversations.house import DEAF, STARTED, STOP, House, Model, Tasks, answer, texts

from chimera.adapters.event_buses import redis
from chimera.conversations.errors import TurnNotFoundError
from chimera.conversations.journal import Numbered, TurnFinished, replay
from chimera.conversations.service import Pace, Readers
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text, TextDelta, Usage, UsageReported
from chimera.store import Database

WORDS = tuple(f"w{number} " for number in range(40))


async def spoken_in_turns(words: int) -> tuple[Model, asyncio.Event]:
    """A model whose every word becomes an entry of its own: usage between them parts the runs."""
    gate = asyncio.Event()
    steps = [
        step
        for number, word in enumerate(WORDS[:words])
        for step in (TextDelta(text=word), UsageReported(usage=Usage(output_tokens=number)))
    ]
    return Model(STARTED, *steps[:6], gate, *steps[6:], STOP), gate


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 12), max_size=12))
async def test_a_reader_that_is_cut_off_anywhere_loses_and_doubles_nothing(
    database: Database, ada: Scope, cuts: list[int]
) -> None:
    model, gate = await spoken_in_turns(20)
    tasks = Tasks()
    house = House(database=database, tasks=tasks, model=model)
    taken = await house.ask(ada)
    heard: list[Numbered] = []
    for cut in cuts:
        if len(heard) >= 3:
            gate.set()
        async with aclosing(house.readers.follow(ada, taken.turn.id, heard[-1].seq if heard else 0)) as journal:
            for _ in range(cut):
                if heard and isinstance(heard[-1].entry, TurnFinished):
                    break
                if len(heard) >= 3:
                    gate.set()
                heard.append(await anext(journal))
    gate.set()
    heard += await house.heard(ada, taken, heard[-1].seq if heard else 0)
    await tasks.done()
    assert heard == await house.heard(ada, taken)
    assert [numbered.seq for numbered in heard] == list(range(1, len(heard) + 1))
    assert replay(n.entry for n in heard).parts == (Text(text="".join(WORDS[:20])),)


async def test_many_readers_hear_the_same(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer(*WORDS)))
    taken = await house.ask(ada)
    all_heard = await asyncio.gather(*(house.heard(ada, taken) for _ in range(5)))
    assert all(heard == all_heard[0] for heard in all_heard)
    assert isinstance(all_heard[0][-1].entry, TurnFinished)


async def test_a_reader_after_the_end_hears_nothing_and_is_not_kept_waiting(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("yes")))
    taken = await house.ask(ada)
    heard = await house.heard(ada, taken)
    assert await house.heard(ada, taken, heard[-1].seq) == []


async def test_a_reader_on_another_replica_follows_without_a_common_bus(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("one"), go_on, *texts("two"), STOP))
    elsewhere = House(database=database, tasks=tasks, model=Model(), pace=DEAF, replica="b")
    taken = await house.ask(ada)
    async with aclosing(elsewhere.readers.follow(ada, taken.turn.id)) as journal:
        assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
        go_on.set()
        assert isinstance([numbered async for numbered in journal][-1].entry, TurnFinished)


async def test_redis_wakes_a_reader_on_another_replica_before_it_would_look_itself(
    database: Database, tasks: Tasks, ada: Scope, redis_url: str
) -> None:
    bus = redis.Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")
    patient = Pace(poll_s=30, heartbeat_s=30)
    go_on = asyncio.Event()
    async with redis.connect(bus) as ours, redis.connect(bus) as theirs:
        model = Model(STARTED, *texts("one"), go_on, *texts("two"), asyncio.Event())
        house = House(database=database, tasks=tasks, model=model, bus=ours, pace=patient)
        other = House(database=database, tasks=tasks, model=Model(), bus=theirs, pace=patient, replica="b")
        taken = await house.ask(ada)
        async with asyncio.timeout(10):
            async with aclosing(other.readers.follow(ada, taken.turn.id)) as journal:
                assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
                go_on.set()
                assert (await anext(journal)).entry == TextDelta(text="two")
        await house.turns.drain(grace_s=0)


async def test_stopping_over_redis_reaches_a_writer_that_has_nothing_to_write(
    database: Database, tasks: Tasks, ada: Scope, redis_url: str
) -> None:
    bus = redis.Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")
    patient = Pace(poll_s=30, heartbeat_s=30)
    async with redis.connect(bus) as ours, redis.connect(bus) as theirs:
        model = Model(STARTED, *texts("Hm"), asyncio.Event())
        house = House(database=database, tasks=tasks, model=model, bus=ours, pace=patient)
        other = House(database=database, tasks=tasks, model=Model(), bus=theirs, pace=patient, replica="b")
        taken = await house.ask(ada)
        async with aclosing(house.readers.follow(ada, taken.turn.id)) as journal:
            assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
        await other.turns.stop(ada, taken.turn.id)
        async with asyncio.timeout(10):
            assert (await house.end(ada, taken)).turn.status == "stopped"


async def test_waiting_for_the_end_gives_up_in_time(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event()))
    taken = await house.ask(ada)
    assert (await house.readers.finished(ada, taken.turn.id, within_s=0.05)).turn.status == "running"


async def test_a_reader_hears_of_the_deletion(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event()))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert (await anext(journal)).seq == 1
    await house.conversations.delete(ada, taken.turn.conversation_id)
    with pytest.raises(TurnNotFoundError):
        await anext(journal)


async def test_nothing_is_open_while_a_reader_is_slow(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer(*WORDS)))
    taken = await house.ask(ada)
    readers: Readers = house.readers
    journal = readers.follow(ada, taken.turn.id)
    await anext(journal)
    await tasks.done()
    # A task that held a transaction could not open this one.
    assert (await readers.get(ada, taken.turn.id)).turn.status == "completed"
    await journal.aclose()

"""Responses in the background: written whether anybody reads or not, read again from any event on, ended for good."""

import asyncio
from itertools import pairwise

import pytest
from tests.conversations.house import STARTED, STOP, USED, Model, Tasks, answer, someone, texts
from tests.responses.house import House, Shaky, later, long_ago

from chimera.gateway.errors import TenantBusyError
from chimera.gateway.limits.errors import RateLimitExceededError
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import ProviderRateLimitError, ToolCallDelta
from chimera.responses.errors import NotInBackgroundError, ResponseNotFoundError, ShuttingDownError
from chimera.responses.service import BackgroundRoom
from chimera.store import Database

WHOLE = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def at(database: Database, tasks: Tasks, *steps: object, **more: object) -> House:
    return House(database=database, tasks=tasks, model=Model(*steps), **more)


def text_of(body: dict) -> str:
    return "".join(part["text"] for item in body["output"] if item["type"] == "message" for part in item["content"])


@pytest.mark.parametrize("streamed", [True, False])
async def test_an_answer_is_written_though_nobody_waits(
    database: Database, tasks: Tasks, ada: Scope, streamed: bool
) -> None:
    house = at(database, tasks, *answer("Good ", "morning"))
    name = await house.begin(ada, streamed=streamed)
    ended = await house.ended(ada, name)
    assert (ended["id"], ended["status"], text_of(ended)) == (name, "completed", "Good morning")
    assert ended["usage"]["total_tokens"] == 10
    await tasks.done()


async def test_its_events_can_be_read_from_any_number_on_while_it_is_written_and_after(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    gate = asyncio.Event()
    house = at(database, tasks, STARTED, *texts("Good "), gate, *texts("morning"), USED, STOP)
    name = await house.begin(ada)
    reading = [asyncio.ensure_future(house.events(ada, name, after)) for after in (-1, 2)]
    gate.set()
    told, late = await asyncio.gather(*reading)
    assert [kind for _, kind in told] == WHOLE
    assert [number for number, _ in told] == list(range(len(WHOLE)))
    assert late == told[3:]
    for after in range(-1, len(WHOLE)):
        assert await house.events(ada, name, after) == told[after + 1 :]


async def test_what_is_told_of_an_unfinished_one_is_its_status(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = at(database, tasks, STARTED, *texts("Half of"), asyncio.Event())
    name = await house.begin(ada)
    found = await house.rooms.readers.find(ada, name)
    events = house.rooms.readers.follow(ada, found)
    await anext(events)
    await events.aclose()
    unfinished = await house.get(ada, name)
    assert (unfinished["status"], unfinished["output"], unfinished["completed_at"]) == ("in_progress", [], None)


async def test_a_failure_before_the_first_word_is_told_in_the_stream_and_kept(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = at(database, tasks, ProviderRateLimitError("Too many.", provider="p"))
    name = await house.begin(ada)
    kinds = [kind for _, kind in await house.events(ada, name)]
    assert kinds == ["response.created", "response.in_progress", "error", "response.failed"]
    failed = await house.get(ada, name)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "rate_limit_exceeded")


@pytest.mark.parametrize(
    "refusal",
    [
        TenantBusyError("Too many.", retry_after_s=0.01),
        RateLimitExceededError("Too fast.", retry_after_s=0.01, limit="organisation requests minute"),
    ],
)
async def test_it_waits_until_its_organisation_has_room(
    database: Database, tasks: Tasks, ada: Scope, refusal: AppError
) -> None:
    model = Model(refusal)
    house = House(database=database, tasks=tasks, model=model)
    name = await house.begin(ada)
    await model.left.wait()
    model.steps = answer("At last")
    ended = await house.ended(ada, name)
    assert (ended["status"], text_of(ended)) == ("completed", "At last")
    assert len(model.calls) >= 2


async def test_who_waits_for_a_turn_asks_nobody(database: Database, tasks: Tasks, ada: Scope) -> None:
    gate = asyncio.Event()
    house = at(database, tasks, gate, *answer("At last"), room=BackgroundRoom(at_once=2))
    names = [await house.begin(ada) for _ in range(5)]
    await asyncio.sleep(0.2)
    assert len(house.model.calls) == 2
    await house.rooms.runs.cancel(ada, names[4])
    gate.set()
    for name in names[:4]:
        assert (await house.ended(ada, name))["status"] == "completed"
    await tasks.done()
    assert (await house.get(ada, names[4]))["status"] == "cancelled"


async def test_an_answer_that_was_cut_is_a_failure_with_what_was_said(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = at(database, tasks, STARTED, *texts("Half of"))
    failed = await house.ended(ada, await house.begin(ada))
    assert (failed["status"], failed["error"]["code"], text_of(failed)) == ("failed", "answer_cut", "Half of")


async def test_cancelling_ends_it_at_once_and_for_good(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = at(database, tasks, STARTED, *texts("Half of"), asyncio.Event(), STOP)
    name = await house.begin(ada)
    await anext(house.rooms.readers.follow(ada, await house.rooms.readers.find(ada, name)))
    reading = asyncio.ensure_future(house.events(ada, name))
    await house.rooms.runs.cancel(ada, name)
    assert (await house.get(ada, name))["status"] == "cancelled"
    await house.model.left.wait()
    await tasks.done()
    told = await reading
    assert told[-1][1] == "response.incomplete"
    assert all(before < after for (before, _), (after, _) in pairwise(told))
    assert (await house.get(ada, name))["status"] == "cancelled"
    again = await house.rooms.runs.cancel(ada, name)
    assert b'"cancelled"' in again


async def test_it_is_cancelled_and_read_from_another_replica_that_hears_nothing_of_the_first(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    here, there = at(database, tasks, STARTED, *texts("Half of"), asyncio.Event()), at(database, tasks)
    name = await here.begin(ada)
    reading = asyncio.ensure_future(there.events(ada, name))
    await anext(here.rooms.readers.follow(ada, await here.rooms.readers.find(ada, name)))
    await there.rooms.runs.cancel(ada, name)
    await here.model.left.wait()
    await tasks.done()
    assert (await here.get(ada, name))["status"] == "cancelled"
    assert (await reading)[-1][1] == "response.incomplete"


async def test_cancelling_what_is_over_changes_nothing(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = at(database, tasks, *answer("Done"))
    name = await house.begin(ada)
    ended = await house.ended(ada, name)
    await house.rooms.runs.cancel(ada, name)
    assert await house.get(ada, name) == ended


async def test_only_what_runs_in_the_background_is_cancelled_or_streamed_again(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = at(database, tasks, *answer("Done"))
    waited_for = await house.keep(ada)
    with pytest.raises(NotInBackgroundError):
        await house.rooms.runs.cancel(ada, waited_for)
    for name in (waited_for, await house.begin(ada, streamed=False)):
        with pytest.raises(NotInBackgroundError):
            await house.rooms.readers.find(ada, name)


async def test_deleting_stops_its_writer_and_its_readers(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = at(database, tasks, STARTED, *texts("Half of"), asyncio.Event())
    name = await house.begin(ada)
    reading = asyncio.ensure_future(house.events(ada, name))
    await anext(house.rooms.readers.follow(ada, await house.rooms.readers.find(ada, name)))
    await house.rooms.runs.delete(ada, name)
    await house.model.left.wait()
    await tasks.done()
    assert "response.completed" not in [kind for _, kind in await reading]
    with pytest.raises(ResponseNotFoundError):
        await house.rooms.archive.get(ada, name)


async def test_a_dead_writer_s_response_fails_with_its_whole_items(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    call = ToolCallDelta(index=0, id="c1", name="f", arguments="{}")
    model = Model(STARTED, *texts("Whole."), call, asyncio.Event())
    zombie = House(database=database, tasks=tasks, model=model, clock=long_ago)
    alive = at(database, tasks)
    name = await zombie.begin(ada)
    told = []
    async for block in zombie.rooms.readers.follow(ada, await zombie.rooms.readers.find(ada, name)):
        told.append(block)
        if b"function_call_arguments.delta" in block:
            break
    assert await alive.reaper.sweep() == 1
    failed = await alive.get(ada, name)
    assert (failed["status"], failed["error"]["code"], text_of(failed)) == ("failed", "server_error", "Whole.")
    events = await alive.events(ada, name)
    assert events[-1][1] == "response.failed"
    assert all(before < after for (before, _), (after, _) in pairwise(events))
    # The writer that was only thought dead leaves its model and changes nothing.
    await model.left.wait()
    await tasks.done()
    assert await alive.get(ada, name) == failed
    assert await alive.events(ada, name) == events


@pytest.mark.parametrize("streamed", [True, False])
async def test_one_whose_task_never_began_is_reaped_by_exactly_one_replica(
    database: Database, tasks: Tasks, streamed: bool
) -> None:
    dead = at(database, tasks)
    dead.die()
    people = [someone() for _ in range(3)]
    names = [await dead.begin(person, streamed=streamed) for person in people]
    replicas = [at(database, tasks, clock=later) for _ in range(2)]
    assert sum(await asyncio.gather(*(replica.reaper.sweep() for replica in replicas))) == len(names)
    for person, name in zip(people, names, strict=True):
        assert (await dead.get(person, name))["status"] == "failed"


async def test_a_living_writer_is_left_alone_also_when_the_model_says_nothing(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = at(database, tasks, asyncio.Event())
    name = await house.begin(ada)
    await anext(house.rooms.readers.follow(ada, await house.rooms.readers.find(ada, name)))
    assert await house.reaper.sweep() == 0
    assert (await house.get(ada, name))["status"] == "in_progress"


async def test_what_runs_when_the_server_stops_fails_and_no_more_begins(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = at(database, tasks, STARTED, *texts("Half of"), asyncio.Event())
    name = await house.begin(ada)
    await house.rooms.runs.drain(grace_s=0.01)
    failed = await house.get(ada, name)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "response_interrupted")
    with pytest.raises(ShuttingDownError):
        await house.begin(ada)


async def test_what_ends_within_the_grace_is_whole(database: Database, tasks: Tasks, ada: Scope) -> None:
    gate = asyncio.Event()
    house = at(database, tasks, STARTED, gate, *texts("All"), STOP)
    name = await house.begin(ada)
    draining = asyncio.ensure_future(house.rooms.runs.drain(grace_s=10))
    gate.set()
    await draining
    assert (await house.get(ada, name))["status"] == "completed"


async def test_a_fault_of_ours_does_not_leave_it_open(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = at(database, tasks, STARTED, ZeroDivisionError())
    failed = await house.ended(ada, await house.begin(ada))
    assert (failed["status"], failed["error"]["code"]) == ("failed", "internal_error")


async def test_the_database_may_be_away_for_a_while(database: Database, tasks: Tasks, ada: Scope) -> None:
    gate = asyncio.Event()
    shaky = Shaky(database)
    house = at(shaky, tasks, STARTED, gate, *texts("All"), USED, STOP)
    name = await house.begin(ada)
    shaky.failures = 3
    gate.set()
    assert text_of(await house.ended(ada, name)) == "All"
    assert [number for number, _ in await house.events(ada, name)] == list(range(len(WHOLE) - 1))

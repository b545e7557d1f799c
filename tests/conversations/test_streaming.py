"""Server-sent events over a real socket: they are numbered, can be taken up anywhere, and outlive their reader."""

import asyncio

from tests.conversations.house import STARTED, STOP, USED, House, Model, Tasks, answer, texts
from tests.conversations.served import Frame, frames, serving

from chimera.kit.scope import Scope
from chimera.llm import ProviderOverloadError, ThinkingDelta, ToolCallDelta
from chimera.store import Database

CHAT = "/api/v1/chat"


async def test_a_turn_is_streamed_and_its_last_event_holds_the_whole_message(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    thought = ThinkingDelta(text="Hm.", signature="secret", origin="gemini")
    call = ToolCallDelta(index=0, id="c1", name="clock", arguments="{}")
    model = Model(STARTED, thought, *texts("Why ", "not?"), call, USED, STOP)
    async with serving(House(database=database, tasks=tasks, model=model), ada) as client:
        asked = {"message": "Tell me about the sky", "stream": True}
        async with client.stream("POST", CHAT, json=asked) as response:
            assert (response.status_code, response.headers["content-type"]) == (
                200,
                "text/event-stream; charset=utf-8",
            )
            assert response.headers["x-accel-buffering"] == "no"
            heard = [frame async for frame in frames(response)]
        started, finished = heard[0], heard[-1]
        assert [frame.id for frame in heard] == list(range(1, len(heard) + 1))
        assert started.event == "turn.started"
        assert set(started.data) == {"turn_id", "conversation_id", "user_message_id", "message_id", "model"}
        assert by_name(heard, "thinking.delta") == [{"text": "Hm."}]
        assert "".join(data["text"] for data in by_name(heard, "text.delta")) == "Why not?"
        assert by_name(heard, "tool_call.delta") == [{"index": 0, "id": "c1", "name": "clock", "arguments": "{}"}]
        assert by_name(heard, "usage") == [
            {"input_tokens": 7, "output_tokens": 3, "cached_tokens": 2, "reasoning_tokens": 1}
        ]
        assert finished.event == "turn.finished"
        assert (finished.data["status"], finished.data["finish_reason"], finished.data["error"]) == (
            "completed",
            "stop",
            None,
        )
        assert finished.data["title"] == "Tell me about the sky"
        turn = (await client.get(f"/api/v1/turns/{started.data['turn_id']}")).json()
        assert finished.data["message"] == turn["message"]
        assert "secret" not in str([frame.data for frame in heard])


def by_name(heard: list[Frame], name: str) -> list[object]:
    return [frame.data for frame in heard if frame.event == name]


async def test_a_reader_that_left_takes_up_exactly_where_it_was(database: Database, tasks: Tasks, ada: Scope) -> None:
    go_on = asyncio.Event()
    model = Model(STARTED, *texts("one "), go_on, *texts("two "), USED, *texts("three"), STOP)
    async with serving(House(database=database, tasks=tasks, model=model), ada) as client:
        heard: list[Frame] = []
        async with client.stream("POST", CHAT, json={"message": "Count", "stream": True}) as response:
            async for frame in frames(response):
                heard.append(frame)
                if frame.event == "text.delta":
                    break
        assert [frame.id for frame in heard] == [1, 2]
        events = f"/api/v1/turns/{heard[0].data['turn_id']}/events"
        async with client.stream("GET", events, headers={"Last-Event-ID": "2"}) as response:
            go_on.set()
            heard += [frame async for frame in frames(response)]
        assert [frame.id for frame in heard] == list(range(1, len(heard) + 1))
        assert "".join(data["text"] for data in by_name(heard, "text.delta")) == "one two three"
        async with client.stream("GET", events) as response:
            assert [frame async for frame in frames(response)] == heard
        async with client.stream("GET", f"{events}?after={heard[-2].id}") as response:
            assert [frame async for frame in frames(response)] == heard[-1:]
        async with client.stream("GET", events, headers={"Last-Event-ID": str(heard[-1].id)}) as response:
            assert [frame async for frame in frames(response)] == []
        assert (await client.get(events, headers={"Last-Event-ID": "x"})).status_code == 422


async def test_the_answer_is_complete_though_its_reader_left_at_the_first_event(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, go_on, *texts("All of it"), STOP))
    async with serving(house, ada) as client:
        async with client.stream("POST", CHAT, json={"message": "Go", "stream": True}) as response:
            started = await anext(frames(response))
        go_on.set()
        await tasks.done()
        turn = (await client.get(f"/api/v1/turns/{started.data['turn_id']}")).json()
    assert turn["message"]["parts"] == [{"type": "text", "text": "All of it"}]
    assert turn["status"] == "completed"


async def test_a_failure_comes_as_the_last_event(database: Database, tasks: Tasks, ada: Scope) -> None:
    model = Model(STARTED, *texts("Half"), ProviderOverloadError("Busy.", provider="test"))
    async with (
        serving(House(database=database, tasks=tasks, model=model), ada) as client,
        client.stream("POST", CHAT, json={"message": "Go", "stream": True}) as response,
    ):
        finished = [frame async for frame in frames(response)][-1]
    assert (finished.event, finished.data["status"]) == ("turn.finished", "failed")
    assert (finished.data["error"]["code"], finished.data["error"]["status"]) == ("provider_unavailable", 503)
    assert finished.data["message"]["parts"] == [{"type": "text", "text": "Half"}]


async def test_stopping_ends_the_stream_and_keeps_the_words(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("So far"), asyncio.Event()))
    async with (
        serving(house, ada) as client,
        client.stream("POST", CHAT, json={"message": "Go", "stream": True}) as response,
    ):
        heard: list[Frame] = []
        async for frame in frames(response):
            heard.append(frame)
            if frame.event == "text.delta":
                stopped = await client.post(f"/api/v1/turns/{heard[0].data['turn_id']}/stop")
                assert stopped.status_code == 202
    assert heard[-1].data["status"] == "stopped"
    assert heard[-1].data["message"]["parts"] == [{"type": "text", "text": "So far"}]


async def test_deleting_the_conversation_ends_the_stream_with_a_last_event(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event()))
    async with (
        serving(house, ada) as client,
        client.stream("POST", CHAT, json={"message": "Go", "stream": True}) as response,
    ):
        heard: list[Frame] = []
        async for frame in frames(response):
            heard.append(frame)
            if frame.event == "turn.started":
                await client.delete(f"/api/v1/conversations/{frame.data['conversation_id']}")
    assert [frame.event for frame in heard] == ["turn.started", "turn.finished"]
    assert heard[-1].data["error"]["code"] == "conversation_not_found"


async def test_two_tabs_hear_the_same_while_it_is_written(database: Database, tasks: Tasks, ada: Scope) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, go_on, *answer("a", "b")[1:]))
    taken = await house.ask(ada)
    events = f"/api/v1/turns/{taken.turn.id}/events"

    async with serving(house, ada) as client:

        async def tab() -> list[Frame]:
            async with client.stream("GET", events) as response:
                return [frame async for frame in frames(response)]

        tabs = [asyncio.create_task(tab()) for _ in range(2)]
        go_on.set()
        first, second = await asyncio.gather(*tabs)
    assert first == second
    assert first[-1].event == "turn.finished"

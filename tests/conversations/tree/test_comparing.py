"""Several models answer one question side by side, each in a turn that can be followed, stopped and lost by itself."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.conversations.house import STARTED, STOP, House, Model, Tasks, answer, texts
from tests.conversations.served import client_of, frames, serving

from chimera.conversations.encoding import decode_parts
from chimera.conversations.errors import PanelConversationError, TurnInProgressError, TurnNotFoundError
from chimera.conversations.journal import TextDelta
from chimera.conversations.panel_runs.service import Panels, Settings
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import RoundRobin
from chimera.conversations.service import ConversationChange, Saying
from chimera.gateway.call import Call
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Request, Stream, Text
from chimera.store import Database

CONVERSATIONS = "/api/v1/conversations"
QUESTION = Saying(text="Which is best?")


class Choir(Model):
    """Each model says its own name, and ends when it may."""

    def __init__(self, *held: str) -> None:
        super().__init__()
        self.gates = {name: asyncio.Event() for name in held}

    async def __call__(self, call: Call) -> Stream:
        self.calls.append(call)
        assert isinstance(call.request, Request)
        name = call.request.model
        yield STARTED
        yield TextDelta(text=f"I am {name}")
        if name in self.gates:
            await self.gates[name].wait()
        yield TextDelta(text=".")
        yield STOP


async def compared(
    client: httpx2.AsyncClient, path: str, *models: str, text: str | None = "Which is best?"
) -> list[Any]:
    body = {"models": models} if text is None else {"text": text, "models": models}
    answered = await client.post(path, json=body)
    assert answered.status_code == 202, answered.text
    return list(answered.json()["turns"])


async def begun(client: httpx2.AsyncClient) -> str:
    """The address of a new conversation."""
    return f"{CONVERSATIONS}/{(await client.post(CONVERSATIONS, json={'title': 'Best'})).json()['id']}"


async def end_all(house: House, scope: Scope, turns: list[Any]) -> None:
    for turn in turns:
        ended = await house.readers.finished(scope, UUID(turn["id"]), within_s=15)
        assert ended.turn.status == "completed"


async def test_models_answer_side_by_side_and_one_of_the_answers_is_chosen(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    choir = Choir("b/b")
    house = House(database=database, tasks=tasks, model=choir)
    async with serving(house, ada) as client:
        one = await begun(client)
        turns = await compared(client, f"{one}/compare", "a/a", "b/b", "c/c")
        assert len({turn["user_message_id"] for turn in turns}) == 1
        told = [frame async for frame in frames(await client.get(f"/api/v1/turns/{turns[2]['id']}/events"))]
        assert "".join(frame.data["text"] for frame in told if frame.event == "text.delta") == "I am c/c."
        assert told[-1].data["status"] == "completed"
        chosen = await client.put(f"{one}/branch", json={"message_id": turns[2]["message"]["id"]})
        assert chosen.status_code == 200, "one may be chosen while others are still written"
        choir.gates["b/b"].set()
        await end_all(house, ada, turns)

        page = (await client.get(f"{one}/messages")).json()["data"]
        assert page[1]["parts"] == [{"type": "text", "text": "I am c/c."}]
        assert (page[1]["siblings"], page[1]["sibling_index"]) == ([turn["message"]["id"] for turn in turns], 2)
        await client.post(f"{one}/messages", json={"text": "Why?"})
        shown = choir.calls[-1].request
        assert isinstance(shown, Request)
        assert [message.parts for message in shown.messages] == [
            (Text(text="Which is best?"),), (Text(text="I am c/c."),), (Text(text="Why?"),),
        ]  # fmt: skip
        again = await compared(client, f"{one}/messages/{page[1]['id']}/compare", "d/d", "e/e", text=None)
        await end_all(house, ada, again)
        page = (await client.get(f"{one}/messages")).json()["data"]
        assert (len(page[1]["siblings"]), page[1]["model"]) == (5, "d/d")
        assert [call.wishes.cache for call in choir.calls] == ["default"] * 4 + ["refresh"] * 2


async def test_while_one_of_them_is_written_nothing_else_is_asked_copied_or_deleted(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    choir = Choir("b/b")
    house = House(database=database, tasks=tasks, model=choir)
    async with client_of(house, ada) as client:
        one = await begun(client)
        first, second = await compared(client, f"{one}/compare", "a/a", "b/b")
        await end_all(house, ada, [first])
        now = (await client.get(one)).json()
        assert (now["active_turn_id"], now["active_turn_ids"]) == (second["id"], [second["id"]])
        done, written = (f"{one}/messages/{turn['message']['id']}" for turn in (first, second))
        for method, path, body in (
            ("POST", f"{one}/messages", {"text": "Hi"}),
            ("POST", f"{one}/compare", {"text": "Hi", "models": ["a/a", "c/c"]}),
            ("POST", f"{done}/regenerate", {}),
            ("POST", f"{one}/fork", {"message_id": second["message"]["id"]}),
            ("DELETE", done, None),
            ("DELETE", written, None),
        ):
            busy = await client.request(method, path, json=body)
            assert (busy.status_code, busy.json()["code"]) == (409, "turn_in_progress"), path
        forked = await client.post(f"{one}/fork", json={"message_id": first["message"]["id"]})
        assert forked.status_code == 201
        choir.gates["b/b"].set()
        await end_all(house, ada, [second])
        assert (await client.get(one)).json()["active_turn_ids"] == []


async def test_each_is_stopped_or_reaped_by_itself_and_the_conversation_goes_as_one(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    choir = Choir("a/a", "b/b", "c/c")
    zombie = House(database=database, tasks=tasks, model=choir, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    alive = House(database=database, tasks=tasks, model=Model(*answer("Next.")), replica="b", bus=zombie.bus)
    conversation = (await zombie.conversations.create(ada, ConversationChange())).row.id
    first, second, third = await zombie.asking.compare(ada, conversation, QUESTION, ["a/a", "b/b", "c/c"])
    for taken in (first, second, third):
        journal = alive.readers.follow(ada, taken.turn.id, 1)
        assert isinstance((await anext(journal)).entry, TextDelta)
        await journal.aclose()
    await alive.turns.stop(ada, second.turn.id)
    assert (await alive.end(ada, second)).turn.status == "stopped"
    assert await alive.reaper.sweep() == 2
    for taken, name in ((first, "a/a"), (third, "c/c")):
        ended = await alive.end(ada, taken)
        assert ended.turn.status == "interrupted"
        assert ended.message is not None
        assert decode_parts(ended.message.parts) == (Text(text=f"I am {name}"),)
    await alive.end(ada, await alive.turns.take(ada, conversation, Saying(text="And now?")))

    both = await alive.asking.compare(ada, conversation, QUESTION, ["x/x", "y/y"])
    await alive.conversations.delete(ada, conversation)
    for taken in both:
        with pytest.raises(TurnNotFoundError):
            await alive.end(ada, taken)


async def test_two_who_ask_at_once_are_never_both_admitted(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Choir("a/a", "b/b"))
    conversation = (await house.conversations.create(ada, ConversationChange())).row.id
    both = await asyncio.gather(
        *(house.asking.compare(ada, conversation, QUESTION, ["a/a", "b/b"]) for _ in range(2)),
        house.turns.take(ada, conversation, Saying(text="Me first", model="a/a")),
        return_exceptions=True,
    )
    refused = [one for one in both if isinstance(one, TurnInProgressError)]
    assert len(refused) == 2
    (view,), _ = await house.conversations.recent(ada, limit=1)
    (admitted,) = (one for one in both if not isinstance(one, BaseException))
    assert len(view.active_turn_ids) == (len(admitted) if isinstance(admitted, list) else 1)


async def test_where_a_panel_speaks_no_model_answers_alone_and_forks_have_its_seats(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("Because.")))
    ended = await house.end(ada, await house.ask(ada))
    conversation, message = ended.turn.conversation_id, ended.turn.message_id
    panels = Panels(turns=house.turns)
    seats = (Participant(id=new_id(), handle="Ada", model="a/a"),)
    await panels.put(ada, conversation, Settings(participants=seats, policy=RoundRobin(), limits=Limits()))
    for refused in (
        house.asking.again(ada, conversation, message, Saying()),
        house.asking.go_on(ada, conversation, message, Saying()),
        house.asking.compare(ada, conversation, QUESTION, ["a/a", "b/b"]),
        house.turns.take(ada, conversation, Saying(text="Hi", parent_id=None)),
    ):
        with pytest.raises(PanelConversationError):
            await refused
    forked = await house.branches.fork(ada, conversation, None, None)
    assert forked.row.has_panel
    assert (await panels.get(ada, forked.row.id)).seats == (await panels.get(ada, conversation)).seats
    await house.branches.choose(ada, conversation, message)
    await house.branches.cut(ada, conversation, message)


async def test_an_answer_that_was_cut_is_ended_in_one_beside_it(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("The sky is ", "bl"), asyncio.Event()))
    async with client_of(house, ada) as client:
        taken = await house.ask(ada)
        journal = house.readers.follow(ada, taken.turn.id, 1)
        await anext(journal)
        await house.turns.stop(ada, taken.turn.id)
        cut = (await house.end(ada, taken)).message
        assert cut is not None
        one = f"{CONVERSATIONS}/{cut.conversation_id}"
        begun = "".join(part.text for part in decode_parts(cut.parts) if isinstance(part, Text))
        house.model.steps = answer("ue.")
        async with client.stream("POST", f"{one}/messages/{cut.id}/continue", json={"stream": True}) as response:
            told = [frame async for frame in frames(response)]
        assert "".join(frame.data["text"] for frame in told if frame.event == "text.delta") == begun + "ue."
        assert [frame.id for frame in told] == list(range(1, len(told) + 1))
        assert told[-1].data["message"]["parts"] == [{"type": "text", "text": begun + "ue."}]
        request = house.model.calls[-1].request
        assert isinstance(request, Request)
        assert [message.role for message in request.messages] == ["user", "assistant", "user"]
        assert request.messages[1].parts == (Text(text=begun),)
        assert request.messages[2].parts != request.messages[0].parts

        page = (await client.get(f"{one}/messages")).json()["data"]
        assert len(page) == 2, "nobody is shown what the model was told"
        assert page[1]["siblings"] == [str(cut.id), page[1]["id"]]
        whole = await client.post(f"{one}/messages/{page[1]['id']}/continue", json={})
        assert (whole.status_code, whole.json()["code"]) == (409, "answer_complete")
        asked = await client.post(f"{one}/messages/{page[0]['id']}/continue", json={})
        assert asked.json()["code"] == "answer_complete"

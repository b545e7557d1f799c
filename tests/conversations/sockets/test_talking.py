"""Talking on a socket: what is said is answered, everybody in the conversation hears it, and nothing is lost."""

import json

import pytest
from tests.conversations.sockets.client import Socket, socket
from tests.conversations.sockets.conftest import Stage
from tests.fakes.answer import Answer

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = " ".join(f"word-{number}" for number in range(20))
SLOW = Answer(text=WORDS, chunks=20, delay_s=0.03)
QUICK = Answer(text=WORDS, chunks=20, delay_s=0.005)
ENDLESS = Answer(text="word " * 2_000, chunks=2_000, delay_s=0.02)


def _pinned(conversation: str) -> dict[str, object]:
    return {"conversation_ids": [conversation], "pinned": True}


async def until_finished(one: Socket, *turns: str) -> None:
    """Hear until these are over; they may be told side by side."""
    while not {frame["turn_id"] for frame in one.said("turn.finished")}.issuperset(turns):
        await one.hear()


async def test_a_first_message_begins_a_conversation_whose_events_come_in_order(stage: Stage) -> None:
    stage.fake.next(QUICK)
    async with socket(stage.url, "chat", stage.headers) as ours:
        assert (await ours.hear())["type"] == "ready"
        await ours.say("message", id="m1", text="Hi")
        accepted = await ours.until("message.accepted", id="m1")
        finished = await ours.until("turn.finished")
    assert ours.text == WORDS
    assert [seq for _, seq, _ in ours.events] == list(range(1, len(ours.events) + 1))
    assert {turn for turn, _, _ in ours.events} == {accepted["turn_id"]}
    assert finished["data"]["message"]["id"] == accepted["message_id"]
    followed = await stage.http.get(f"/api/v1/turns/{accepted['turn_id']}/events")
    frames = [dict(line.split(": ", 1) for line in part.splitlines()) for part in followed.text.strip().split("\n\n")]
    told = [(int(frame["id"]), frame["event"], json.loads(frame["data"])) for frame in frames]
    assert told == [(one["seq"], one["type"], one["data"]) for one in ours.heard if "seq" in one], "as SSE tells it"


async def test_two_tabs_hear_the_same_whoever_spoke_and_by_which_door(stage: Stage) -> None:
    stage.fake.next(QUICK, QUICK)
    conversation = await stage.conversation()
    async with socket(stage.url, conversation, stage.headers) as one, socket(stage.url, "chat", stage.headers) as other:
        await one.until("entered", conversation_id=conversation, turns=[])
        await other.say("message", text="From the other tab", conversation_id=conversation)
        for tab in (one, other):
            await tab.until("turn.finished")
        said = await stage.http.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "Over REST"})
        for tab in (one, other):
            await tab.until("turn.finished", turn_id=said.json()["id"])
        assert sorted(one.events) == sorted(other.events)
        assert one.text == other.text == WORDS * 2


async def test_open_tabs_hear_of_another_title(stage: Stage) -> None:
    stage.fake.next(QUICK)
    conversation = await stage.conversation()
    path = f"/api/v1/conversations/{conversation}"
    async with (
        socket(stage.url, conversation, stage.headers) as one,
        socket(stage.url, conversation, stage.headers) as two,
    ):
        for tab in (one, two):
            await tab.until("entered")
        await stage.http.patch(path, json={"title": "By a person"})
        for tab in (one, two):
            await tab.until("conversation.changed", conversation_id=conversation, title="By a person")
        await stage.http.post(f"{path}/messages", json={"text": "What is a fjord?"})
        await stage.http.post(f"{path}/title")
        for tab in (one, two):
            await tab.until("conversation.changed", conversation_id=conversation, title="What is a fjord?")


async def test_lists_in_other_tabs_hear_what_changed_and_nothing_of_what_it_holds(stage: Stage) -> None:
    stage.fake.next(QUICK)
    async with socket(stage.url, "conversations", stage.headers) as tab:
        await tab.until("overhearing")
        conversation = await stage.conversation()
        path = f"/api/v1/conversations/{conversation}"
        folder = {"name": "A secret name"}
        acts = (
            ({conversation}, None),
            ({conversation}, stage.http.patch(path, json={"title": "A secret name"})),
            (set(), stage.http.post("/api/v1/folders", json=folder)),
            ({conversation}, stage.http.patch("/api/v1/conversations", json=_pinned(conversation))),
            ({conversation}, stage.http.post(f"{path}/messages", json={"text": "A secret name"})),
            ({conversation}, stage.http.post(f"{path}/complete")),
            ({conversation}, stage.http.delete(path)),
        )
        for named, act in acts:
            if act is not None:
                assert (await act).is_success
            assert set((await tab.until("conversations.changed"))["conversation_ids"]) == named
    assert "secret" not in json.dumps(tab.heard)


async def test_a_client_that_comes_back_hears_what_it_missed_once_also_turns_that_began_and_ended_meanwhile(
    stage: Stage,
) -> None:
    stage.fake.next(SLOW, QUICK, QUICK)
    conversation = await stage.conversation()
    async with socket(stage.url, conversation, stage.headers) as first:
        await first.say("message", text="Hi")
        for _ in range(3):
            await first.until("text.delta")
    turn_id, seq, _ = first.events[-1]
    path = f"/api/v1/conversations/{conversation}/messages"
    await stage.http.get(f"/api/v1/turns/{turn_id}/events")
    await stage.http.post(path, json={"text": "And?"})
    last = (await stage.http.post(path, json={"text": "And then?"})).json()["id"]
    async with socket(stage.url, f"{conversation}?turn_id={turn_id}&after={seq}", stage.headers) as second:
        await until_finished(second, turn_id, last)
    heard = first.events + second.events
    assert len(heard) == len(set(heard))
    async with socket(stage.url, conversation, stage.headers) as whole:
        await whole.say("resume", turns=[])
        await until_finished(whole, turn_id, last)
    assert sorted(heard) == sorted(whole.events)
    async with socket(stage.url, "chat", stage.headers) as elsewhere:
        await elsewhere.say("resume", turns=[{"turn_id": turn_id, "after": seq}])
        await until_finished(elsewhere, turn_id, last)
    assert sorted(elsewhere.events) == sorted(second.events)


async def test_models_that_answer_side_by_side_are_told_side_by_side_and_resumed_each(stage: Stage) -> None:
    stage.fake.next(SLOW, ENDLESS)
    conversation = await stage.conversation()
    async with socket(stage.url, conversation, stage.headers) as one:
        await one.until("entered")
        asked = {"text": "Hi", "models": ["openai/gpt-5", "openai/gpt-4o"]}
        begun = await stage.http.post(f"/api/v1/conversations/{conversation}/compare", json=asked)
        assert begun.status_code == 202, begun.text
        while len({frame["turn_id"] for frame in one.heard if frame["type"] == "text.delta"}) < 2:
            await one.hear()
    places = {turn: seq for turn, seq, _ in one.events}
    assert len(places) == 2
    query = "&".join(f"turn_id={turn}&after={seq}" for turn, seq in places.items())
    async with socket(stage.url, f"{conversation}?{query}", stage.headers) as other:
        await other.say("stop", id="enough")
        await other.until("turn.finished")
        await other.until("turn.finished")
    for turn in places:
        numbers = [seq for told, seq, _ in one.events + other.events if told == turn]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_a_turn_is_stopped_from_another_tab(stage: Stage) -> None:
    stage.fake.next(ENDLESS)
    conversation = await stage.conversation()
    async with (
        socket(stage.url, conversation, stage.headers) as one,
        socket(stage.url, conversation, stage.headers) as other,
    ):
        await one.say("message", text="Hi")
        turn_id = (await other.until("text.delta"))["turn_id"]
        await other.say("stop", id="enough")
        await other.until("stop.accepted", id="enough", turn_ids=[turn_id])
        for tab in (one, other):
            assert (await tab.until("turn.finished"))["data"]["status"] == "stopped"
        await one.say("stop", id="again")
        assert (await one.until("stop.accepted", id="again"))["turn_ids"] == []


async def test_others_at_a_conversation_are_seen_typing_and_leaving(stage: Stage) -> None:
    conversation = await stage.conversation()
    async with socket(stage.url, conversation, stage.headers) as one:
        ours = await one.until("ready")
        async with socket(stage.url, conversation, stage.headers) as other:
            theirs = await other.until("ready")
            seen = await other.until("presence")
            assert [someone["socket_id"] for someone in seen["others"]] == [ours["socket_id"]]
            await other.say("typing")
            await other.say("presence", state="away")
            while not (await one.until("presence"))["others"]:
                pass
            while (now := one.heard[-1]["others"][0]) != {
                "socket_id": theirs["socket_id"],
                "user_id": theirs["user_id"],
                "state": "away",
                "typing": True,
            }:
                assert now["socket_id"] == theirs["socket_id"]
                await one.until("presence")
            await other.say("typing", typing=False)
            while one.heard[-1]["others"][0]["typing"]:
                await one.until("presence")
        await one.until("presence", others=[])


async def test_a_conversation_that_is_deleted_ends_its_sockets(stage: Stage) -> None:
    conversation = await stage.conversation()
    async with socket(stage.url, conversation, stage.headers) as one:
        await one.until("entered")
        await stage.http.delete(f"/api/v1/conversations/{conversation}")
        assert await one.closed() == (4404, "conversation_not_found")


async def test_what_a_frame_gets_wrong_is_told_and_the_socket_goes_on(stage: Stage) -> None:
    stage.fake.next(ENDLESS)
    async with socket(stage.url, "chat", stage.headers) as ours:
        for text, code in (
            ("{", "invalid_request"),
            ("[]", "invalid_request"),
            ('{"type":"nonsense"}', "invalid_request"),
            ('{"type":"message","text":"  "}', "invalid_request"),
            ('{"type":"message","text":"\\ud800"}', "invalid_request"),
            ('{"type":"resume"}', "invalid_request"),
            ('{"type":"ping","more":1}', "invalid_request"),
            ('{"type":"auth","token":"x"}', "invalid_request"),
            (b"\x00\x01", "invalid_request"),
            ('{"type":"typing"}', "no_conversation"),
            ('{"type":"stop"}', "no_conversation"),
            ('{"type":"resume","turns":[]}', "no_conversation"),
            ('{"type":"resume","turns":[{"turn_id":"0199c3f4-0000-7000-8000-000000000000"}]}', "turn_not_found"),
            ('{"type":"stop","turn_id":"0199c3f4-0000-7000-8000-000000000000"}', "turn_not_found"),
            ('{"type":"approve","call_id":"x"}', "nothing_to_approve"),
            ('{"type":"message","text":"x","conversation_id":"0199c3f4-0000-7000-8000-000000000000"}',
             "conversation_not_found"),
        ):  # fmt: skip
            await ours.connection.send(text)
            assert (await ours.until("error"))["problem"]["code"] == code, text
        await ours.say("ping", id="p1")
        assert await ours.hear() == {"type": "pong", "id": "p1"}
        await ours.say("message", text="Hi")
        turn = await ours.until("turn.started")
        await ours.say("message", id="m2", text="Hi again")
        assert (await ours.until("error", id="m2"))["problem"]["code"] == "turn_in_progress"
        await ours.say("stop", turn_id=turn["turn_id"])
        await ours.until("turn.finished")

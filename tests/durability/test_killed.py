"""`kill -9` in the middle of an answer: whatever anybody was shown is kept, and the conversation goes on."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx2
from tests.durability.replica import Replica, answer_of, read_until, replica, text_of
from tests.durability.rows import age_heartbeats
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream

SLOW = Answer(text=" ".join(f"word-{number}" for number in range(400)), chunks=400, delay_s=0.01)
QUICK = Answer(text="Here I am again.")


async def test_what_was_shown_survives_and_the_conversation_goes_on(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.next(SLOW)
    fake.say(QUICK)
    async with replica(database_url, fake, tmp_path) as first:
        conversation = await first.create()
        async with first.saying(conversation, "Tell me all") as stream:
            shown = await read_until(stream, "text.delta", count=8)
            await first.kill()
    turn_id = shown[0].data["turn_id"]
    if database_url.startswith("postgres"):
        # Another replica might write it still. Of a SQLite file a server knows that it is the only one.
        await age_heartbeats(database_url, timedelta(seconds=31))

    async with replica(database_url, fake, tmp_path) as second:
        async with second.following(turn_id, after=shown[-1].id) as stream:
            rest = await read_until(stream, "turn.finished")
        assert rest[-1].data["status"] == "interrupted"
        assert rest[-1].data["error"]["code"] == "turn_interrupted"
        assert [frame.id for frame in shown + rest] == list(range(1, rest[-1].id + 1))

        asked, answered = await second.messages(conversation)
        assert answer_of(asked) == "Tell me all"
        assert answered["status"] == "interrupted"
        assert answer_of(answered) == text_of(shown + rest)
        assert SLOW.text is not None
        assert SLOW.text.startswith(answer_of(answered))

        said = await second.say(conversation)
        assert said.status_code == 201, said.text
        assert answer_of(said.json()["message"]) == QUICK.text
        assert len(await second.messages(conversation)) == 4


async def test_a_second_server_on_a_file_leaves_the_turns_of_the_first_alone(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SLOW)
    async with replica(sqlite_url, fake, tmp_path / "a") as first:
        conversation = await first.create()
        async with first.saying(conversation) as stream:
            turn_id = (await read_until(stream, "text.delta"))[0].data["turn_id"]
            async with replica(sqlite_url, fake, tmp_path / "b") as second, second.following(turn_id) as elsewhere:
                assert (await read_until(elsewhere, "turn.finished"))[-1].data["status"] == "completed"


async def test_every_message_that_was_acknowledged_is_there_after_many_kills(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(Answer(text="Yes.", chunks=1))
    conversations: dict[str, int] = {}
    for _ in range(2):
        async with replica(sqlite_url, fake, tmp_path) as server:
            asked = asyncio.create_task(_ask_until_killed(server, conversations))
            await fake.arrived(len(fake.requests) + 5)
            await server.kill()
            await asked
    async with replica(sqlite_url, fake, tmp_path) as server:
        assert conversations
        for conversation, acknowledged in conversations.items():
            assert len(await server.messages(conversation)) >= 2 * acknowledged


async def _ask_until_killed(server: Replica, conversations: dict[str, int]) -> None:
    try:
        conversation = await server.create()
        conversations[conversation] = 0
        while (await server.say(conversation)).status_code == 201:
            conversations[conversation] += 1
    except httpx2.TransportError:
        return

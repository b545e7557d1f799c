"""Real servers with one key between them: two at once, and one that is killed in the middle."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
from tests.durability.replica import MODEL, Replica, replica
from tests.durability.rows import count, run
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.surfaces.requirements import requirement

CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
KEY = {"Idempotency-Key": "one"}
SLOW = Answer(text=" ".join(f"word-{number}" for number in range(100)), chunks=100, delay_s=0.01)
QUICK = Answer(text="Here I am again.")


def asked(fake: FakeUpstream) -> int:
    return sum(request.operation == "chat" for request in fake.requests)


async def ask(server: Replica, *, stream: bool = False) -> httpx2.Response:
    return await server.client.post("/v1/chat/completions", json=CHAT | {"stream": stream}, headers=KEY)


@requirement("idempotency.once")
async def test_of_two_replicas_exactly_one_asks_the_model(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SLOW)
    async with replica(postgres_url, fake, tmp_path / "a") as a, replica(postgres_url, fake, tmp_path / "b") as b:
        answers = await asyncio.gather(*(ask(server, stream=True) for server in (a, b) * 5))
        assert {one.status_code for one in answers} == {200}
        assert len({one.content for one in answers}) == 1
        assert answers[0].text.endswith("data: [DONE]\n\n")
        assert asked(fake) == 1
        made = await asyncio.gather(
            *(
                server.client.post("/api/v1/conversations", json={"title": "Once"}, headers={"Idempotency-Key": "two"})
                for server in (a, b) * 5
            )
        )
        assert {one.status_code for one in made} == {201}
        assert len({one.json()["id"] for one in made}) == 1
        assert await count(postgres_url, "conversations") == 1


@requirement("idempotency.killed")
async def test_after_a_kill_the_key_may_be_carried_out_again(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.next(SLOW)
    fake.say(QUICK)
    async with (
        replica(database_url, fake, tmp_path) as first,
        first.client.stream("POST", "/v1/chat/completions", json=CHAT | {"stream": True}, headers=KEY) as response,
    ):
        async for line in response.aiter_lines():
            if "word-3" in line:
                break
        await first.kill()
    if database_url.startswith("postgres"):
        # Another replica might carry it out still. Of a SQLite file a server knows that it is the only one.
        aged = "UPDATE idempotency_keys SET lease_until = lease_until - interval '31 seconds' RETURNING 1"
        assert await run(database_url, "", aged)
    async with replica(database_url, fake, tmp_path) as second:
        again = await ask(second, stream=True)
        assert again.status_code == 200
        assert "word-" not in again.text
        assert again.text.endswith("data: [DONE]\n\n")
        assert asked(fake) == 2
        replayed = await ask(second, stream=True)
        assert replayed.headers["idempotent-replayed"] == "true"
        assert replayed.content == again.content
        assert asked(fake) == 2


@requirement("idempotency.killed")
async def test_what_was_answered_survives_a_kill(sqlite_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    fake.say(QUICK)
    async with replica(sqlite_url, fake, tmp_path) as first:
        answered = await ask(first)
        await first.kill()
    async with replica(sqlite_url, fake, tmp_path) as second:
        again = await ask(second)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == answered.content
    assert asked(fake) == 1

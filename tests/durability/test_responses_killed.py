"""`kill -9` while a response is written in the background: whoever asks for it next learns how it ended."""

import json
from datetime import timedelta
from pathlib import Path

import httpx2
from tests.durability.replica import MODEL, Replica, replica
from tests.durability.rows import age_heartbeats
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream

SLOW = Answer(text=" ".join(f"word-{number}" for number in range(400)), chunks=400, delay_s=0.01)
ASKED = {"model": MODEL, "input": "Tell me all", "background": True, "stream": True}


async def test_a_response_whose_server_was_killed_has_failed(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.next(Answer(text="Hello."), SLOW)
    async with replica(database_url, fake, tmp_path) as first:
        kept = await first.client.post("/v1/responses", json={"model": MODEL, "input": "Hello"})
        shown = []
        async with first.client.stream("POST", "/v1/responses", json=ASKED) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    shown.append(json.loads(line[6:]))
                if len(shown) == 12:
                    break
            await first.kill()
    name = shown[0]["response"]["id"]
    if database_url.startswith("postgres"):
        # Another replica might write it still. Of a SQLite file a server knows that it is the only one.
        await age_heartbeats(database_url, timedelta(seconds=31), table="responses")

    async with replica(database_url, fake, tmp_path) as second:
        rest = await _events(second, name, after=shown[-1]["sequence_number"])
        assert rest[-1]["type"] == "response.failed"
        numbers = [event["sequence_number"] for event in [*shown, *rest]]
        assert numbers == sorted(set(numbers))
        failed = (await second.client.get(f"/v1/responses/{name}")).json()
        assert (failed["status"], failed["error"]["code"]) == ("failed", "server_error")
        body = {"model": MODEL, "input": "Go on", "previous_response_id": kept.json()["id"]}
        assert (await second.client.post("/v1/responses", json=body)).json()["status"] == "completed"


async def _events(server: Replica, name: str, *, after: int) -> list[dict]:
    url = f"/v1/responses/{name}?stream=true&starting_after={after}"
    response: httpx2.Response = await server.client.get(url)
    return [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]

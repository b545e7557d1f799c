"""Streams while they run: nobody else follows, resumes or stops them, and nobody else reads what comes of them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx2
import pytest
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import Running
from tests.surfaces.isolation.belongings import SECRET
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

WORDS = [f"word-{number}" for number in range(40)]
SLOW = Answer(text=" ".join(WORDS), chunks=40, delay_s=0.04)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Whose it is, and who else is there."""

    owner: httpx2.AsyncClient
    others: dict[str, httpx2.AsyncClient]


@pytest.fixture
async def around(chimera: Running, fake: FakeUpstream) -> AsyncGenerator[Around]:
    keys = {"colleague": await colleague_of(chimera), "stranger": await stranger_to(chimera), "nobody": None}
    async with AsyncExitStack() as stack:

        async def client(key: str | None) -> httpx2.AsyncClient:
            headers = {} if key is None else {"Authorization": f"Bearer {key}"}
            return await stack.enter_async_context(
                httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20)
            )

        others = {name: await client(key) for name, key in keys.items()}
        fake.say(SLOW)
        yield Around(owner=await client(chimera.key), others=others)


async def is_refused_to_all(around: Around, method: str, path: str, **more: object) -> None:
    for name, http in around.others.items():
        answer = await http.request(method, path, **more)
        assert answer.status_code == (401 if name == "nobody" else 404), f"{name}: {method} {path} {answer.text[:200]}"
        refused(answer)
        assert not [word for word in WORDS if word in answer.text]


@requirement("access.streams")
async def test_a_running_turn_is_followed_resumed_and_stopped_by_its_owner_alone(around: Around) -> None:
    async with around.owner.stream("POST", "/api/v1/chat", json={"message": SECRET, "stream": True}) as stream:
        lines = aiter(stream.aiter_lines())
        turn_id = ""
        async for line in lines:
            if line.startswith("data:"):
                told = json.loads(line[5:])
                turn_id = turn_id or str(told.get("turn_id") or told.get("turn", {}).get("id") or told.get("id") or "")
            if turn_id:
                break
        events = f"/api/v1/turns/{turn_id}/events"
        assert (await around.owner.get(f"/api/v1/turns/{turn_id}")).json()["status"] == "running"
        await is_refused_to_all(around, "GET", events)
        await is_refused_to_all(around, "GET", events, headers={"Last-Event-ID": "1"})
        await is_refused_to_all(around, "GET", f"{events}?after=2")
        await is_refused_to_all(around, "POST", f"/api/v1/turns/{turn_id}/stop")
        rest = "\n".join([line async for line in lines])
    assert WORDS[-1] in rest, "somebody else stopped it"
    assert (await around.owner.get(f"/api/v1/turns/{turn_id}")).json()["status"] == "completed"


@requirement("access.streams")
async def test_a_response_in_the_background_is_streamed_and_cancelled_by_its_owner_alone(around: Around) -> None:
    asked = {"model": "openai/gpt-5", "input": SECRET, "background": True, "stream": True}
    async with around.owner.stream("POST", "/v1/responses", json=asked) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                response_id = json.loads(line[5:])["response"]["id"]
                break
    path = f"/v1/responses/{response_id}"
    for query in ("", "?stream=true", "?stream=true&starting_after=1"):
        await is_refused_to_all(around, "GET", path + query)
    await is_refused_to_all(around, "POST", f"{path}/cancel")
    await is_refused_to_all(around, "GET", f"{path}/input_items")
    for name, http in around.others.items():
        body = {"model": "openai/gpt-5", "input": "And then?", "previous_response_id": response_id}
        answer = await http.post("/v1/responses", json=body)
        assert answer.status_code == (401 if name == "nobody" else 404), answer.text[:200]
    async with asyncio.timeout(20):
        followed = await around.owner.get(f"{path}?stream=true")
    assert "response.completed" in followed.text, "somebody else cancelled it"


@requirement("access.streams", "files.private")
async def test_what_came_of_a_batch_is_read_by_its_owner_alone(around: Around, fake: FakeUpstream) -> None:
    fake.say(Answer(text="word-1 word-2"))
    asked = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": SECRET}]}
    line = {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": asked}
    sent = {"file": ("lines.jsonl", json.dumps(line).encode())}
    file = (await around.owner.post("/v1/files", data={"purpose": "batch"}, files=sent)).json()
    wanted = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch = (await around.owner.post("/v1/batches", json=wanted)).json()
    async with asyncio.timeout(30):
        while not batch.get("output_file_id"):
            await asyncio.sleep(0.1)
            batch = (await around.owner.get(f"/v1/batches/{batch['id']}")).json()
    for made in (file["id"], batch["output_file_id"]):
        await is_refused_to_all(around, "GET", f"/v1/files/{made}/content")
        await is_refused_to_all(around, "DELETE", f"/v1/files/{made}")
    assert "word-1" in (await around.owner.get(f"/v1/files/{batch['output_file_id']}/content")).text
    for http in (around.others["colleague"], around.others["stranger"]):
        answer = await http.post("/v1/batches", json=wanted)
        assert answer.status_code in {400, 404}, answer.text[:200]

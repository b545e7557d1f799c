"""Stored responses and those in the background, over HTTP and through the official SDK."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.conftest import Scripted
from tests.surfaces.requirements import requirement
from tests.surfaces.responses import EACH_KIND, HELLO, KINDS, MODELS, until_over
from tests.surfaces.shapes import refused

from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ALL, OWNER
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANTHROPIC = MODELS["anthropic"]


@pytest_asyncio.fixture(loop_scope="module")
async def fake(scripted: Scripted) -> AsyncGenerator[FakeUpstream]:
    yield scripted.fake
    scripted.fake.say(Answer())


@pytest_asyncio.fixture(loop_scope="module")
async def client(scripted: Scripted) -> AsyncGenerator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{scripted.chimera.url}/v1", api_key=scripted.chimera.key, max_retries=0) as sdk:
        yield sdk


@pytest_asyncio.fixture(loop_scope="module")
async def bare(scripted: Scripted) -> AsyncGenerator[httpx2.AsyncClient]:
    running = scripted.chimera
    async with httpx2.AsyncClient(base_url=running.url, headers=running.headers, timeout=20) as http:
        yield http


@requirement("responses.deleted")
async def test_a_deleted_response_is_gone(client: AsyncOpenAI) -> None:
    first = await client.responses.create(model=ANTHROPIC, input=HELLO)
    second = await client.responses.create(model=ANTHROPIC, input="And?", previous_response_id=first.id)
    await client.responses.delete(first.id)
    for again in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError):
            await again(first.id)
    with pytest.raises(openai.NotFoundError) as caught:
        await client.responses.create(model=ANTHROPIC, input="And?", previous_response_id=second.id)
    assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")


@requirement("responses.continued.unknown")
@pytest.mark.parametrize("name", ["resp_" + "0" * 32, "nonsense", "conv_1"])
async def test_what_is_not_there_cannot_be_continued(client: AsyncOpenAI, fake: FakeUpstream, name: str) -> None:
    before = len(fake.requests)
    for stream in (False, True):
        with pytest.raises(openai.NotFoundError) as caught:
            await client.responses.create(model=ANTHROPIC, input=HELLO, previous_response_id=name, stream=stream)
        assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")
    assert len(fake.requests) == before


@requirement("responses.items")
async def test_what_a_response_was_made_from_is_listed_in_pages(client: AsyncOpenAI) -> None:
    asked = [{"role": "user", "content": f"number {number}"} for number in range(5)]
    first = await client.responses.create(model=ANTHROPIC, input=asked)
    second = await client.responses.create(model=ANTHROPIC, input="And?", previous_response_id=first.id)
    page = await client.responses.input_items.list(second.id, limit=3, order="asc")
    assert (page.has_more, page.first_id, page.last_id) == (True, page.data[0].id, page.data[-1].id)
    every = [item async for item in page]
    said = [item.content[0].text for item in every]
    assert said == [*(f"number {number}" for number in range(5)), first.output_text, "And?"]
    assert len({item.id for item in every}) == len(every)
    backward = [item.id async for item in await client.responses.input_items.list(second.id, limit=2)]
    assert backward == [item.id for item in reversed(every)]
    with pytest.raises(openai.BadRequestError):
        await client.responses.input_items.list(second.id, after="msg_none")


@requirement("responses.references")
@EACH_KIND
async def test_an_earlier_item_can_be_referred_to(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="My name is Ada."))
    first = await client.responses.create(model=model, input="Who are you?")
    reference = {"type": "item_reference", "id": first.output[-1].id}
    asked: list[Any] = [{"role": "user", "content": "Who?"}, reference, {"role": "user", "content": "And I?"}]
    await client.responses.create(model=model, input=asked)
    sent = fake.requests[-1].body
    assert sent.index(b"Who?") < sent.index(b"My name is Ada.") < sent.index(b"And I?")
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model=model, input=[*asked, {"type": "item_reference", "id": "msg_none"}])
    assert caught.value.param == "input.3.id"


@requirement("responses.counted")
async def test_input_is_counted_without_asking_anybody(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    before = await client.responses.create(model="openai/gpt-5", input="A long story. " * 50)
    asked = len(fake.requests)
    short = await client.responses.input_tokens.count(model="openai/gpt-5", input="Hello there")
    assert 2 <= short.input_tokens <= 20
    continued = await client.responses.input_tokens.count(
        model="openai/gpt-5", input="Hello there", previous_response_id=before.id
    )
    assert continued.input_tokens > short.input_tokens + 200
    assert len(fake.requests) == asked


@requirement("responses.compacted")
@EACH_KIND
async def test_a_conversation_is_summed_up_and_goes_on_with_any_model(
    client: AsyncOpenAI, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="A long story."))
    first = await client.responses.create(model=model, input="Tell me a story")
    fake.say(Answer(text="Ada told a story."))
    compacted = await client.responses.compact(model=model, input="Thanks!", previous_response_id=first.id)
    assert b"A long story." in fake.requests[-1].body
    assert [item.type for item in compacted.output] == ["message", "message", "compaction"]
    assert compacted.usage.total_tokens > 0
    items = [item.to_dict(warnings=False) for item in compacted.output]
    for other in KINDS.values():
        going_on = await client.responses.create(model=other, input=[*items, {"role": "user", "content": "And then?"}])
        assert going_on.status == "completed"
        sent = fake.requests[-1].body
        assert sent.index(b"Tell me a story") < sent.index(b"Thanks!") < sent.index(b"Ada told a story.")
        assert b"A long story." not in sent
        assert b"compaction" not in sent


@requirement("responses.compacted")
@pytest.mark.parametrize("content", ["gAAAA", "chimera.compaction.%%", 5, None])
async def test_a_summary_that_is_not_ours_is_for_its_maker(
    client: AsyncOpenAI, bare: httpx2.AsyncClient, fake: FakeUpstream, content: Any
) -> None:
    items = [{"type": "compaction", "encrypted_content": content}, {"role": "user", "content": "And then?"}]
    refusal = await bare.post("/v1/responses", json={"model": ANTHROPIC, "input": items})
    assert (refusal.status_code, refused(refusal)) == (400, "translation_lossy")
    sent = await bare.post("/v1/responses", json={"model": "openai/gpt-5", "input": items})
    assert sent.status_code == 200
    assert fake.requests[-1].json["input"][0] == items[0]


@requirement("responses.background")
@EACH_KIND
async def test_a_response_in_the_background_is_polled(
    client: AsyncOpenAI, bare: httpx2.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="Slowly but surely.", chunks=3, delay_s=0.02))
    begun = await client.responses.create(model=model, input=HELLO, background=True)
    assert (begun.status, begun.output, begun.background) == ("queued", [], True)
    ended = await until_over(bare, begun.id)
    assert (ended["status"], ended["background"], ended["id"]) == ("completed", True, begun.id)
    assert (await client.responses.retrieve(begun.id)).output_text == "Slowly but surely."
    going_on = await client.responses.create(model=model, input="And?", previous_response_id=begun.id)
    assert going_on.status == "completed"
    assert b"Slowly but surely." in fake.requests[-1].body


@requirement("responses.background")
@EACH_KIND
async def test_its_events_are_read_again_from_any_on(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="One two three four five.", chunks=5, delay_s=0.02))
    stream = await client.responses.create(model=model, input=HELLO, background=True, stream=True)
    seen = [await anext(stream) for _ in range(2)]
    await stream.close()  # the reader leaves; the writer does not
    name = seen[0].response.id
    assert [event.type for event in seen] == ["response.created", "response.in_progress"]
    rest = await client.responses.retrieve(name, stream=True, starting_after=seen[-1].sequence_number)
    told = [*seen, *[event async for event in rest]]
    assert [event.sequence_number for event in told] == list(range(len(told)))
    last = told[-1]
    assert last.type == "response.completed"
    assert (last.response.id, last.response.output_text) == (name, "One two three four five.")
    assert "".join(event.delta for event in told if event.type == "response.output_text.delta") == (
        "One two three four five."
    )
    for after in (0, 4, len(told) - 2, len(told) - 1, 10_000):
        again = await client.responses.retrieve(name, stream=True, starting_after=after)
        assert [event.to_dict() async for event in again] == [event.to_dict() for event in told[after + 1 :]]


@requirement("responses.background")
@EACH_KIND
async def test_a_failure_in_the_background_is_kept(bare: httpx2.AsyncClient, model: str) -> None:
    failing = f"{model.partition('/')[0]}/fault-401"
    begun = (await bare.post("/v1/responses", json={"model": failing, "input": HELLO, "background": True})).json()
    failed = await until_over(bare, begun["id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "provider_unauthenticated")
    body = {"model": failing, "input": HELLO, "background": True, "stream": True}
    streamed = (await bare.post("/v1/responses", json=body)).text
    assert [line for line in streamed.splitlines() if line.startswith("event: ")] == [
        *("event: response.created", "event: response.in_progress", "event: error", "event: response.failed")
    ]


@requirement("responses.background")
async def test_what_runs_in_the_background_must_be_stored_and_only_that_is_streamed_again(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model=ANTHROPIC, input=HELLO, background=True, store=False)
    assert caught.value.param == "store"
    waited_for = await client.responses.create(model=ANTHROPIC, input=HELLO)
    with pytest.raises(openai.BadRequestError) as refusal:
        await client.responses.retrieve(waited_for.id, stream=True)
    assert refusal.value.code == "response_not_in_background"


@requirement("responses.cancelled")
@EACH_KIND
async def test_a_response_in_the_background_is_cancelled_at_once(
    client: AsyncOpenAI, fake: FakeUpstream, model: str
) -> None:
    hanging = f"{model.partition('/')[0]}/fault-hang-midway"
    stream = await client.responses.create(model=hanging, input=HELLO, background=True, stream=True)
    first = await anext(stream)
    async with asyncio.timeout(10):
        while (await anext(stream)).type != "response.output_text.delta":
            pass
    last = fake.requests[-1]
    cancelled = await client.responses.cancel(first.response.id)
    assert cancelled.status == "cancelled"
    async with asyncio.timeout(10):
        rest = [event async for event in stream]
        await last.over()
    assert last.client_left
    assert rest[-1].type == "response.incomplete"
    assert rest[-1].response.status == "cancelled"
    assert (await client.responses.cancel(first.response.id)).status == "cancelled"
    waited_for = await client.responses.create(model=model, input=HELLO)
    with pytest.raises(openai.BadRequestError):
        await client.responses.cancel(waited_for.id)


@requirement("responses.left")
@EACH_KIND
async def test_a_client_that_leaves_stops_the_provider_and_what_it_saw_is_kept(
    client: AsyncOpenAI, bare: httpx2.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    hanging = f"{model.partition('/')[0]}/left-fault-hang-midway"
    stream = await client.responses.create(model=hanging, input=HELLO, stream=True)
    first = await anext(stream)
    left = fake.requests[-1]
    await stream.close()
    async with asyncio.timeout(10):
        await left.over()
    assert left.client_left
    for _ in range(400):
        found = await bare.get(f"/v1/responses/{first.response.id}")
        if found.status_code == 200:
            break
    assert found.json()["status"] == "cancelled"


@requirement("responses.malformed")
@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, None),
        ({"model": ANTHROPIC}, "input"),
        ({"model": ANTHROPIC, "input": 5}, "input"),
        ({"model": ANTHROPIC, "input": [{"role": "user"}]}, "input.0"),
        ({"model": ANTHROPIC, "input": [{"role": "nobody", "content": "x"}]}, "input.0.role"),
        ({"model": ANTHROPIC, "input": HELLO, "temperature": 3}, "temperature"),
        ({"model": ANTHROPIC, "input": HELLO, "conversation": "conv_1"}, "conversation"),
        ({"model": ANTHROPIC, "input": HELLO, "prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"model": ANTHROPIC, "input": HELLO, "tools": [{"type": "function"}]}, "tools.0"),
        ({"model": ANTHROPIC, "input": HELLO, "tool_choice": {"type": "function", "name": "f"}}, "tool_choice"),
    ],
)
async def test_a_wrong_field_is_named(bare: httpx2.AsyncClient, body: dict[str, Any], param: str | None) -> None:
    for path in ("/v1/responses", "/v1/responses/input_tokens"):
        response = await bare.post(path, json=body)
        assert response.status_code == 400
        assert response.json()["error"]["param"] == param, response.text


@requirement("responses.malformed")
@pytest.mark.parametrize(
    "query", ["input_items?limit=0", "input_items?limit=101", "input_items?limit=x", "input_items?order=up"]
)
async def test_a_wrong_query_is_refused(bare: httpx2.AsyncClient, query: str) -> None:
    made = (await bare.post("/v1/responses", json={"model": ANTHROPIC, "input": HELLO})).json()
    assert (await bare.get(f"/v1/responses/{made['id']}/{query}")).status_code == 400
    assert (await bare.get(f"/v1/responses/{made['id']}?stream=maybe")).status_code == 400
    assert (await bare.get(f"/v1/responses/{made['id']}?stream=true&starting_after=-1")).status_code == 400


def as_owner(server: Running) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20)


async def somebody(scripted: Scripted, *, colleague: bool) -> dict[str, str]:
    """Headers of the owner of another organisation, or of a colleague in the same."""
    secret, user = new_api_key(), new_id()
    async with scripted.chimera.house.database.system_transaction() as tx:
        digest = hashed(scripted.chimera.key.encode())
        key, _ = (await AllApiKeys(tx).by_hashes({digest}))[digest]
        tenant = key.tenant_id if colleague else new_id()
        if not colleague:
            await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
        await AllUsers(tx).add(
            UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="other", role=OWNER)
        )
        await AllApiKeys(tx).add(
            ApiKeyRow(
                tenant_id=tenant,
                user_id=user,
                name="other",
                prefix=shown_prefix(secret),
                secret_hash=hashed(secret.encode()),
                permissions=sorted(ALL),
            )
        )
    return {"Authorization": f"Bearer {secret}"}


@requirement("responses.private")
@pytest.mark.parametrize("colleague", [True, False])
async def test_nobody_else_finds_a_response(scripted: Scripted, bare: httpx2.AsyncClient, colleague: bool) -> None:
    body = {"model": ANTHROPIC, "input": "the plan for the coup", "background": True, "stream": True}
    streamed = (await bare.post("/v1/responses", json=body)).text
    name = json.loads(streamed.split("data: ", 1)[1].split("\n", 1)[0])["response"]["id"]
    item = (await until_over(bare, name))["output"][0]["id"]
    headers = await somebody(scripted, colleague=colleague)
    async with httpx2.AsyncClient(base_url=scripted.chimera.url, headers=headers, timeout=20) as other:
        for method, path in (
            ("GET", ""),
            ("GET", "?stream=true"),
            ("DELETE", ""),
            ("POST", "/cancel"),
            ("GET", "/input_items"),
        ):
            answer = await other.request(method, f"/v1/responses/{name}{path}")
            assert (answer.status_code, refused(answer)) == (404, "response_not_found")
        asked = {"model": ANTHROPIC, "input": HELLO}
        continued = await other.post("/v1/responses", json=asked | {"previous_response_id": name})
        assert (continued.status_code, refused(continued)) == (404, "previous_response_not_found")
        counted = await other.post("/v1/responses/input_tokens", json=asked | {"previous_response_id": name})
        assert counted.status_code == 404
        reference = [{"type": "item_reference", "id": item}]
        assert (await other.post("/v1/responses", json=asked | {"input": reference})).status_code == 400
    assert (await bare.get(f"/v1/responses/{name}")).status_code == 200


@requirement("responses.stream.order")
@pytest.mark.parametrize("fault", [Fault.SPLIT_UTF8, Fault.ODD_FRAMING])
@EACH_KIND
async def test_odd_but_legal_streams_are_understood_and_kept(client: AsyncOpenAI, model: str, fault: Fault) -> None:
    odd = f"{model.partition('/')[0]}/fault-{fault}"
    stream = await client.responses.create(model=odd, input=HELLO, stream=True)
    events = [event async for event in stream]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    last = events[-1]
    assert last.type == "response.completed"
    assert (await client.responses.retrieve(last.response.id)).to_dict() == last.response.to_dict()


@requirement("responses.background.killed")
async def test_a_server_that_stops_leaves_no_response_open(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> None:
    """How one fares that is killed stands in `tests/durability/test_responses_killed.py`."""
    body = {"model": "anthropic/stopped-fault-hang-midway", "input": HELLO, "background": True, "stream": True}
    variables, flags = provider_environment(fake), {"data_dir": tmp_path}
    async with running(sqlite_url, variables, flags) as server, as_owner(server) as http:
        async with http.stream("POST", "/v1/responses", json=body) as response:
            lines = response.aiter_lines()
            while not (line := await anext(lines)).startswith("data: "):
                pass
            name = json.loads(line[6:])["response"]["id"]
            await server.house.drain(grace_s=0)
            rest = [line async for line in lines if line.startswith("event: ")]
        refusal = await http.post("/v1/responses", json=body)
    assert rest[-1] == "event: response.failed"
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "shutting_down")
    async with running(sqlite_url, variables, flags) as server, as_owner(server) as http:
        found = (await http.get(f"/v1/responses/{name}")).json()
    assert (found["status"], found["error"]["code"]) == ("failed", "response_interrupted")

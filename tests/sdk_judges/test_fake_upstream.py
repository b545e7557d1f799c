"""The fake as a server: script, keys, records, connections, the command."""

import asyncio
import json
import sys
from pathlib import Path

import httpx2
import pytest
from tests.fakes import Answer, FakeUpstream, Fault, Operation
from tests.fakes.speech import pieces
from tests.sdk_judges.bare import CHATS, Question, answer_to, asked, read_body, read_head
from tests.sdk_judges.conftest import KEY

ROOT = Path(__file__).parents[2]


async def statuses(fake: FakeUpstream, *questions: Question) -> list[int]:
    return [(await answer_to(fake, question))[0] for question in questions]


async def test_a_script_is_followed_in_order_and_then_forgotten(fake):
    question = Question(wire="openai", stream=False)
    fake.next(Fault.SERVER_ERROR, Answer(text="scripted"), Fault.OVERLOADED)
    bodies = [await answer_to(fake, question) for _ in range(4)]
    assert [status for status, _, _ in bodies] == [500, 200, 529, 200]
    assert [json.loads(body)["choices"][0]["message"]["content"] for _, _, body in bodies[1::2]] == [
        "scripted",
        "You said: hello there",
    ]


async def test_a_script_waits_for_its_provider_and_its_operation(fake):
    fake.next(Fault.SERVER_ERROR, flavour="anthropic")
    fake.next(Fault.UNAVAILABLE, operation=Operation.MODELS)
    assert await statuses(fake, Question(wire="openai"), Question(wire="anthropic")) == [200, 500]
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as client:
        assert (await client.get(f"{fake.base_url('openai')}/models")).status_code == 503


@pytest.mark.parametrize("wire", CHATS)
async def test_a_model_name_triggers_a_fault_on_every_wire(fake, wire):
    assert await statuses(
        fake, Question(wire=wire, model="any-fault-500"), Question(wire=wire, model="fault-nothing")
    ) == [
        500,
        200,
    ]


async def test_requests_are_remembered(fake):
    await answer_to(fake, Question(wire="gemini"))
    await answer_to(fake, Question(wire="anthropic", model="m1"))
    first, second = fake.requests
    assert (first.flavour, first.operation, first.query) == ("gemini", "chat", {"alt": "sse"})
    assert (second.model, second.json["max_tokens"], second.headers["anthropic-version"]) == ("m1", 4096, "2023-06-01")
    assert not second.client_left


async def test_a_client_that_leaves_in_the_middle_is_noticed(fake):
    fake.say(Answer(text="a long answer", chunks=13, delay_s=0.01))
    async with asked(fake, Question(wire="openai")) as reader:
        await reader.readuntil(b'"content":"a"')
    (request,) = fake.requests
    await asyncio.wait_for(request.over(), 1)
    assert request.client_left


async def test_a_connection_serves_many_requests_even_sent_at_once(fake):
    question = Question(wire="openai", stream=False)
    host, port = fake.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(question.request(fake) * 3)
    for _ in range(3):
        status, headers = await read_head(reader)
        assert (status, json.loads(await read_body(reader, headers))["object"]) == (200, "chat.completion")
    assert fake.open_connections == 1
    writer.close()


@pytest.mark.parametrize("wire", CHATS)
async def test_malformed_and_mistyped_bodies_get_the_providers_own_400(fake, wire):
    path = Question(wire=wire).path(fake)
    headers = {"authorization": f"Bearer {KEY}", "x-goog-api-key": KEY, "anthropic-version": "2023-06-01"}
    async with httpx2.AsyncClient(headers=headers) as client:
        for body in (b"{", b'{"model": "m", "messages": 5, "input": 5, "contents": 5}'):
            answer = await client.post(fake.url + path, content=body)
            assert answer.status_code == 400
            assert "error" in answer.json()


async def test_an_unknown_path_is_not_found(fake):
    async with httpx2.AsyncClient() as client:
        for path in ("/", "/nobody/v1/models", "/openai/v1/nothing"):
            assert (await client.get(fake.url + path)).status_code == 404


async def test_without_keys_everything_is_let_in():
    async with FakeUpstream() as fake, httpx2.AsyncClient() as client:
        assert (await client.get(f"{fake.base_url('openai')}/models")).status_code == 200


async def test_a_bug_in_the_fake_is_raised_not_passed_off_as_a_fault():
    async def ask_for_the_impossible():
        async with FakeUpstream(answer=Answer(text=5)) as fake:  # type: ignore[arg-type]  # the bug
            with pytest.raises(ConnectionResetError):
                await answer_to(fake, Question(wire="openai"))

    with pytest.raises(ExceptionGroup) as raised:
        await ask_for_the_impossible()
    assert raised.group_contains(AttributeError)


@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_pieces_join_to_the_text_and_are_never_empty(count):
    parts = pieces("hello", count)
    assert "".join(parts) == "hello"
    assert len(parts) == min(count, 5)
    assert all(parts)


async def test_the_command_serves_until_it_is_stopped():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes", "--port", "0", "--chunks", "20", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    base = (await process.stdout.readline()).decode().split()[1]
    async with httpx2.AsyncClient() as client:
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
        answer = await client.post(f"{base}/chat/completions", json=body)
    process.terminate()
    await process.communicate()
    assert answer.text.count('"content":"') == 21
    assert answer.text.endswith("data: [DONE]\n\n")

"""Batches through the official SDK: run, validated, cancelled, refused."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types import Batch
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import provider_environment, running
from tests.surfaces.requirements import requirement

CHAT = "/v1/chat/completions"
OVER = {"completed", "failed", "expired", "cancelled"}
LOOK_S = 0.02


def line(custom_id: str, **body: Any) -> dict[str, Any]:
    asked = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": custom_id}]} | body
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": asked}


async def begun(client: AsyncOpenAI, lines: Sequence[object], endpoint: Any = CHAT, **more: Any) -> Batch:
    content = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    file = await client.files.create(file=("in.jsonl", content), purpose="batch")
    return await client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **more)


async def over(client: AsyncOpenAI, batch: Batch) -> Batch:
    """Ask until it has ended, as its clients do: there is no event to wait for."""
    async with asyncio.timeout(20):
        while batch.status not in OVER:
            await asyncio.sleep(LOOK_S)
            batch = await client.batches.retrieve(batch.id)
    return batch


async def told(client: AsyncOpenAI, file_id: str | None) -> list[dict[str, Any]]:
    if file_id is None:
        return []
    return [json.loads(one) for one in (await client.files.content(file_id)).text.splitlines()]


@requirement("batches.run")
async def test_each_line_is_asked_once_and_has_one_result(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    names = [f"line-{number}" for number in range(30)]
    made = await begun(client, [*map(line, names), line("nobody", model="nobody/none")], metadata={"for": "tests"})
    assert (made.object, made.status, made.endpoint, made.errors) == ("batch", "validating", CHAT, None)
    assert made.expires_at == made.created_at + 86_400

    batch = await over(client, made)
    assert batch.status == "completed"
    assert batch.metadata == {"for": "tests"}
    assert batch.request_counts is not None
    assert batch.request_counts.to_dict() == {"total": 31, "completed": 30, "failed": 1}
    moments = [batch.created_at, batch.in_progress_at, batch.finalizing_at, batch.completed_at]
    assert moments == sorted(moment or 0 for moment in moments)

    good = await told(client, batch.output_file_id)
    assert [one["custom_id"] for one in good] == names
    assert len({one["id"] for one in good}) == 30
    for one in good:
        assert one["error"] is None
        response = one["response"]
        assert response["status_code"] == 200
        assert response["request_id"].startswith("req_")
        answer = openai.types.chat.ChatCompletion.model_validate(response["body"])
        assert answer.choices[0].message.content == f"You said: {one['custom_id']}"
    (bad,) = await told(client, batch.error_file_id)
    assert (bad["custom_id"], bad["error"], bad["response"]["status_code"]) == ("nobody", None, 404)
    assert bad["response"]["body"]["error"]["code"] == "model_not_found"
    assert len([request for request in fake.requests if request.operation == "chat"]) == 30

    output = await client.files.retrieve(batch.output_file_id or "")
    assert output.purpose == "batch_output"
    assert [one.id async for one in await client.batches.list()] == [batch.id]


ASKED: dict[str, dict[str, Any]] = {
    "/v1/embeddings": {"model": "openai/text-embedding-3-small", "input": "Hi"},
    "/v1/responses": {"model": "anthropic/claude-sonnet-5-5", "input": "Hi"},
    "/v1/messages": {
        "model": "openai/gpt-5",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "Hi"}],
    },
    "/v1/moderations": {"input": "violence"},
    "/v1/images/generations": {"model": "gpt-image-1", "prompt": "a fox"},
}


@requirement("batches.run")
async def test_other_endpoints_are_asked_as_well(client: AsyncOpenAI) -> None:
    made = []
    for url, body in ASKED.items():
        asked = [{"custom_id": "one", "method": "POST", "url": url, "body": body}]
        made.append(await begun(client, asked, url))
    found = {}
    for url, batch in zip(ASKED, await asyncio.gather(*(over(client, batch) for batch in made)), strict=True):
        assert batch.error_file_id is None, await told(client, batch.error_file_id)
        ((one,),) = [await told(client, batch.output_file_id)]
        found[url] = one["response"]["body"]
    assert found["/v1/embeddings"]["object"] == "list"
    assert found["/v1/responses"]["status"] == "completed"
    assert found["/v1/messages"]["content"][0]["text"] == "You said: Hi"
    assert found["/v1/moderations"]["results"][0]["flagged"]
    assert found["/v1/images/generations"]["data"]


@requirement("batches.run")
async def test_batches_of_one_caller_do_not_mix(client: AsyncOpenAI) -> None:
    made = [await begun(client, [line(f"{batch}-{number}") for number in range(5)]) for batch in range(4)]
    for number, batch in enumerate(await asyncio.gather(*(over(client, batch) for batch in made))):
        found = [one["custom_id"] for one in await told(client, batch.output_file_id)]
        assert found == [f"{number}-{line}" for line in range(5)]


@requirement("batches.validated")
async def test_what_is_wrong_is_told_by_line_and_nothing_is_asked(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    lines = [
        line("good"),
        b"{not json",
        b"",
        line("good"),
        line("x") | {"url": "/v1/embeddings"},
        line("y") | {"method": "GET"},
        {"custom_id": "z"},
        line("s", stream=True),
        line("w") | {"body": "text"},
        line("") | {"custom_id": ""},
        b'{"custom_id":"\xff"}',
        b"[" * 5000,
    ]
    batch = await over(client, await begun(client, lines))
    assert batch.status == "failed"
    assert batch.errors is not None
    assert [(one.line, one.code) for one in batch.errors.data or []] == [
        (2, "invalid_json_line"),
        (4, "duplicate_custom_id"),
        (5, "mismatched_endpoint"),
        (6, "invalid_method"),
        (7, "invalid_request"),
        (8, "invalid_body"),
        (9, "invalid_body"),
        (10, "invalid_custom_id"),
        (11, "invalid_json_line"),
        (12, "invalid_request"),
    ]
    assert (batch.output_file_id, batch.error_file_id) == (None, None)
    assert not [request for request in fake.requests if request.operation == "chat"]
    empty = await over(client, await begun(client, [b"\n\n"]))
    assert [one.code for one in (empty.errors and empty.errors.data) or []] == ["empty_file"]


@requirement("batches.cancelled")
async def test_a_cancelled_batch_keeps_what_was_answered(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    fake.next(*[Answer(text="quick")] * 5, *[Answer(text="slow", chunks=4, delay_s=0.1)] * 8)
    fake.say(Answer(text="never", delay_s=5))
    names = [f"line-{number}" for number in range(300)]
    made = await begun(client, [line(name) for name in names])
    while sum(request.operation == "chat" for request in fake.requests) < 13:
        await fake.arrived(len(fake.requests) + 1)
    cancelling = await client.batches.cancel(made.id)
    assert cancelling.status == "cancelling"
    assert (await client.batches.cancel(made.id)).status in {"cancelling", "cancelled"}
    batch = await over(client, cancelling)
    assert batch.status == "cancelled"
    assert batch.cancelling_at is not None
    assert batch.cancelled_at is not None
    good, bad = await told(client, batch.output_file_id), await told(client, batch.error_file_id)
    assert {one["response"]["body"]["choices"][0]["message"]["content"] for one in good} <= {"quick", "slow"}
    assert len(good) >= 5
    assert {one["custom_id"] for one in good + bad} == set(names)
    assert len(good) + len(bad) == len(names)
    assert {one["error"]["code"] for one in bad} == {"batch_cancelled"}
    with pytest.raises(openai.BadRequestError) as caught:
        await client.batches.cancel(batch.id)
    assert caught.value.code == "batch_over"


@requirement("batches.refused")
async def test_a_batch_that_cannot_be_made_is_refused(client: AsyncOpenAI) -> None:
    file = await client.files.create(file=("in.jsonl", b"{}"), purpose="batch")
    other = await client.files.create(file=("in.jsonl", b"{}"), purpose="user_data")
    good: dict[str, Any] = {"input_file_id": file.id, "endpoint": CHAT, "completion_window": "24h"}
    wrong = [
        ({"input_file_id": other.id}, "input_file_id"),
        ({"input_file_id": "file-1"}, "input_file_id"),
        ({"input_file_id": f"file-{'0' * 32}"}, "input_file_id"),
        ({"endpoint": "/v1/models"}, "endpoint"),
        ({"completion_window": "1h"}, "completion_window"),
        ({"metadata": {"k" * 65: "v"}}, None),
        ({"metadata": {str(number): "v" for number in range(17)}}, "metadata"),
        ({"output_expires_after": {"anchor": "created_at", "seconds": 1}}, "output_expires_after.seconds"),
        ({"extra_body": {"priority": "high"}}, None),
    ]
    for change, param in wrong:
        with pytest.raises(openai.BadRequestError) as caught:
            await client.batches.create(**(good | change))
        assert (caught.value.code, caught.value.param and caught.value.param.split(".0")[0]) == (
            "invalid_request",
            param,
        ), change
    assert (await client.batches.list()).data == []


@requirement("batches.run")
async def test_output_files_may_be_kept_for_a_time(client: AsyncOpenAI) -> None:
    lasts: Any = {"anchor": "created_at", "seconds": 3600}
    batch = await over(client, await begun(client, [line("a")], output_expires_after=lasts))
    output = await client.files.retrieve(batch.output_file_id or "")
    assert output.expires_at is not None
    assert output.expires_at > output.created_at + 3500


@requirement("batches.run")
async def test_a_server_that_stops_hands_its_batches_on(fake: FakeUpstream, database_url: str, tmp_path: Path) -> None:
    fake.next(*[Answer(text="quick")] * 3, *[Fault.HANG] * 8)
    environment = provider_environment(fake, "openai")
    async with (
        running(database_url, environment, {"data_dir": tmp_path}) as first,
        AsyncOpenAI(base_url=f"{first.url}/v1", api_key=first.key, max_retries=0) as client,
    ):
        made = await begun(client, [line(f"line-{number}") for number in range(20)])
        while sum(request.operation == "chat" for request in fake.requests) < 11:
            await fake.arrived(len(fake.requests) + 1)
    async with (
        running(database_url, environment, {"data_dir": tmp_path}) as second,
        AsyncOpenAI(base_url=f"{second.url}/v1", api_key=second.key, max_retries=0) as client,
    ):
        batch = await over(client, made)
        assert batch.status == "completed"
        assert len(await told(client, batch.output_file_id)) == 20

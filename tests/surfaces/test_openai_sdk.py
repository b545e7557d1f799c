"""The official `openai` SDK against `/v1`, over every kind of provider."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from pydantic import BaseModel
from tests.fakes.answer import Answer, Finish, Tokens, ToolUse
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED
from tests.surfaces.conftest import Scripted
from tests.surfaces.requirements import requirement

MODELS = {kind: f"{kind}/some-model" for kind in HOSTED} | {"azure": "azure/gpt-4o"}
EVERY_PROVIDER = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
HELLO = [{"role": "user", "content": "Hello you there"}]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
TWO_CALLS = Answer(
    text="",
    tool_calls=(
        ToolUse(name="weather", arguments='{"city":"Paris"}'),
        ToolUse(name="weather", arguments='{"city":"Oslo"}'),
    ),
)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(scripted: Scripted) -> AsyncGenerator[AsyncOpenAI]:
    chimera = scripted.chimera
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        yield sdk


@pytest.fixture(autouse=True)
def fake(scripted: Scripted) -> FakeUpstream:
    scripted.fake.say(Answer())
    return scripted.fake


@requirement("chat.whole")
@EVERY_PROVIDER
async def test_a_whole_answer(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="Good morning.", usage=Tokens(input=11, output=4)))
    answer = await client.chat.completions.create(model=model, messages=HELLO)
    assert answer.choices[0].message.content == "Good morning."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 4)


@requirement("chat.stream", "chat.stream.usage")
@EVERY_PROVIDER
async def test_a_streamed_answer_with_usage(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="One two three four five.", chunks=5, usage=Tokens(input=11, output=7)))
    async with client.chat.completions.stream(
        model=model, messages=HELLO, stream_options={"include_usage": True}
    ) as stream:
        deltas = [event.delta async for event in stream if event.type == "content.delta" and event.delta]
        answer = await stream.get_final_completion()
    assert "".join(deltas) == "One two three four five."
    assert len(deltas) == 5
    assert answer.usage is not None
    assert answer.usage.total_tokens == 18


@requirement("chat.stream.usage")
@EVERY_PROVIDER
async def test_usage_is_streamed_only_to_who_asks(client: AsyncOpenAI, model: str) -> None:
    stream = await client.chat.completions.create(model=model, messages=HELLO, stream=True)
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert [chunk.choices[0].finish_reason for chunk in chunks].count("stop") == 1


@requirement("chat.tools.parallel")
@EVERY_PROVIDER
async def test_parallel_tool_calls_whole_and_streamed(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(TWO_CALLS)
    asked = {"model": model, "messages": HELLO, "tools": [WEATHER]}
    whole = (await client.chat.completions.create(**asked)).choices[0]
    async with client.chat.completions.stream(**asked) as stream:
        streamed = (await stream.get_final_completion()).choices[0]
    for choice in (whole, streamed):
        calls = choice.message.tool_calls or []
        assert choice.finish_reason == "tool_calls"
        assert [json.loads(call.function.arguments) for call in calls] == [{"city": "Paris"}, {"city": "Oslo"}]
        assert len({call.id for call in calls}) == 2


@requirement("chat.tools.loop")
@EVERY_PROVIDER
async def test_a_tool_loop_is_carried_to_its_end(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.next(TWO_CALLS, Answer(text="Sunny in Paris, snow in Oslo."))
    first = await client.chat.completions.create(model=model, messages=HELLO, tools=[WEATHER])
    said = first.choices[0].message
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in said.tool_calls or []]
    messages = [*HELLO, said.model_dump(exclude_none=True), *results]
    second = await client.chat.completions.create(model=model, messages=messages, tools=[WEATHER])
    assert second.choices[0].message.content == "Sunny in Paris, snow in Oslo."
    assert b"sunny" in fake.requests[-1].body


@requirement("chat.images")
@EVERY_PROVIDER
async def test_an_image_reaches_the_provider(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    content = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    await client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])
    assert PIXEL.partition(",")[2].encode() in fake.requests[-1].body


class City(BaseModel):
    name: str
    inhabitants: int


@requirement("chat.schema")
@EVERY_PROVIDER
async def test_an_answer_by_schema(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    if model.startswith("deepseek/"):  # knows JSON, but no schema: it is told in the instructions
        fake.say(Answer(text='{"name": "Oslo", "inhabitants": 700000}'))
    answer = await client.chat.completions.parse(model=model, messages=HELLO, response_format=City)
    assert isinstance(answer.choices[0].message.parsed, City)
    assert b"inhabitants" in fake.requests[-1].body


# OpenAI's own chat wire never shows reasoning.
@requirement("chat.reasoning")
@pytest.mark.parametrize("model", [model for kind, model in MODELS.items() if kind not in {"openai", "azure"}])
async def test_reasoning_is_told_apart_from_the_answer(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="42.", reasoning="Let me think."))
    answer = await client.chat.completions.create(model=model, messages=HELLO, reasoning_effort="high")
    message = answer.choices[0].message
    assert message.content == "42."
    assert message.model_extra is not None
    assert message.model_extra["reasoning_content"] == "Let me think."


@requirement("chat.length")
@EVERY_PROVIDER
async def test_a_long_answer_says_that_it_was_cut_by_its_limit(
    client: AsyncOpenAI, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="and then", finish=Finish.LENGTH))
    answer = await client.chat.completions.create(model=model, messages=HELLO, max_completion_tokens=2)
    assert answer.choices[0].finish_reason == "length"


@requirement("embeddings.encodings")
async def test_embeddings_in_both_encodings(client: AsyncOpenAI) -> None:
    as_base64 = await client.embeddings.create(model="openai/text-embedding-3-small", input=["a", "b"])
    as_floats = await client.embeddings.create(
        model="openai/text-embedding-3-small", input=["a", "b"], encoding_format="float"
    )
    assert len(as_base64.data) == 2
    assert as_base64.data[0].embedding == pytest.approx(as_floats.data[0].embedding, rel=1e-6)


@requirement("models.list", "models.retrieve")
async def test_models_are_listed_and_described(client: AsyncOpenAI) -> None:
    listed = [model.id async for model in client.models.list()]
    assert {model.partition("/")[0] for model in listed} == {*HOSTED, "auto"}
    assert (await client.models.retrieve(listed[0])).id == listed[0]


@requirement("chat.fallback")
async def test_a_fallback_model_answers_and_the_response_says_so(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    raw = await client.chat.completions.with_raw_response.create(
        model="openai/fault-401", messages=HELLO, extra_body={"fallback_models": ["anthropic/claude-haiku-5-5"]}
    )
    assert raw.headers["x-chimera-model"] == "anthropic/claude-haiku-5-5"
    assert raw.headers["x-chimera-fallback"] == "provider_unauthenticated"


@requirement("chat.lost")
async def test_what_a_provider_cannot_be_told_is_said(client: AsyncOpenAI) -> None:
    raw = await client.chat.completions.with_raw_response.create(
        model="anthropic/claude-haiku-5-5", messages=HELLO, seed=7, logit_bias={"1": 1}
    )
    assert set(raw.headers["x-chimera-lost"].split(", ")) == {"seed", "extra.logit_bias"}


@requirement("chat.stream.apart")
async def test_a_hundred_streams_at_once_do_not_mix(client: AsyncOpenAI) -> None:
    async def ask(number: int) -> None:
        said = f"number {number} of many"
        stream = await client.chat.completions.create(
            model="openai/gpt-5", messages=[{"role": "user", "content": said}], stream=True
        )
        heard = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        assert heard == f"You said: {said}"

    await asyncio.gather(*(ask(number) for number in range(100)))


@requirement("errors.request_id")
async def test_every_answer_names_its_request(client: AsyncOpenAI) -> None:
    raw = await client.models.with_raw_response.list(extra_headers={"x-request-id": "my-own-id"})
    assert raw.headers["x-request-id"] == "my-own-id"

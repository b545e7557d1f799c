"""The official `openai` SDK's `responses` against `/v1/responses`, over every kind of provider."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import openai
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from pydantic import BaseModel
from tests.fakes.answer import Answer, Finish, Tokens
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.surfaces.conftest import Scripted
from tests.surfaces.requirements import requirement
from tests.surfaces.responses import EACH_KIND, EVERY_PROVIDER, HELLO, MODELS, TWO_CALLS, WEATHER
from tests.surfaces.test_openai_sdk import PIXEL

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALWAYS = {
    "id", "object", "created_at", "completed_at", "status", "incomplete_details", "model", "previous_response_id",
    "instructions", "output", "error", "tools", "tool_choice", "truncation", "parallel_tool_calls", "text", "top_p",
    "presence_penalty", "frequency_penalty", "top_logprobs", "temperature", "reasoning", "usage", "max_output_tokens",
    "max_tool_calls", "store", "background", "service_tier", "metadata", "safety_identifier", "prompt_cache_key",
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def fake(scripted: Scripted) -> AsyncGenerator[FakeUpstream]:
    yield scripted.fake
    scripted.fake.say(Answer())


@pytest_asyncio.fixture(loop_scope="module")
async def client(scripted: Scripted) -> AsyncGenerator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{scripted.chimera.url}/v1", api_key=scripted.chimera.key, max_retries=0) as sdk:
        yield sdk


@requirement("responses.whole")
@EVERY_PROVIDER
async def test_a_whole_response(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="Good morning.", usage=Tokens(input=11, output=4)))
    answer = await client.responses.create(model=model, input=HELLO)
    assert (answer.output_text, answer.status, answer.error) == ("Good morning.", "completed", None)
    assert answer.id.startswith("resp_")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (11, 4, 15)
    assert answer.output[-1].to_dict()["status"] == "completed"


@requirement("responses.whole")
async def test_every_field_of_the_specification_is_there(client: AsyncOpenAI) -> None:
    asked = await client.responses.with_raw_response.create(
        model="anthropic/some-model", input=HELLO, metadata={"a": "b"}, temperature=0.7, instructions="Be brief."
    )
    told = json.loads(asked.text)
    assert told.keys() >= ALWAYS
    assert (told["metadata"], told["temperature"], told["instructions"]) == ({"a": "b"}, 0.7, "Be brief.")
    assert (told["text"], told["tools"], told["previous_response_id"]) == ({"format": {"type": "text"}}, [], None)


@requirement("responses.stream", "responses.stream.order")
@EVERY_PROVIDER
async def test_a_streamed_response(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="One two three four five.", chunks=5, usage=Tokens(input=11, output=7)))
    async with client.responses.stream(model=model, input=HELLO) as stream:
        events = [event async for event in stream]
        answer = await stream.get_final_response()
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == answer.output_text == "One two three four five."
    assert len(deltas) == 5
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert [kind for kind in kinds if kind != "output_text.delta"] == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    assert answer.usage is not None
    assert answer.usage.total_tokens == 18


def with_parsed(response: dict[str, Any]) -> dict[str, Any]:
    """As the SDK's stream helper shows it."""
    for item in response["output"]:
        for part in item.get("content") or ():
            part["parsed"] = None
    return response


@requirement("responses.stored")
@EVERY_PROVIDER
async def test_what_was_seen_completed_is_retrieved_as_it_was(client: AsyncOpenAI, model: str) -> None:
    whole = await client.responses.create(model=model, input=HELLO)
    assert (await client.responses.retrieve(whole.id)).to_dict() == whole.to_dict()
    async with client.responses.stream(model=model, input=HELLO) as stream:
        async for event in stream:
            if event.type == "response.completed":
                # Not even the end of the stream is waited for.
                kept = await client.responses.retrieve(event.response.id)
                assert event.response.to_dict() == with_parsed(kept.to_dict())


@requirement("responses.stored")
@EACH_KIND
async def test_what_is_not_to_be_stored_is_not(client: AsyncOpenAI, model: str) -> None:
    answer = await client.responses.create(model=model, input=HELLO, store=False)
    async with client.responses.stream(model=model, input=HELLO, store=False) as stream:
        streamed = await stream.get_final_response()
    for told in (answer, streamed):
        assert told.to_dict()["store"] is False
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(told.id)


@requirement("responses.tools.parallel", "responses.tools.loop")
@EVERY_PROVIDER
async def test_a_tool_loop_is_carried_to_its_end(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    asked: dict[str, Any] = {"model": model, "tools": [WEATHER]}
    fake.next(TWO_CALLS, TWO_CALLS, Answer(text="Sunny in Paris, snow in Oslo."))
    whole = await client.responses.create(**asked, input=HELLO)
    async with client.responses.stream(**asked, input=HELLO) as stream:
        streamed = await stream.get_final_response()
    for answer in (whole, streamed):
        calls = [item for item in answer.output if item.type == "function_call"]
        assert [json.loads(call.arguments) for call in calls] == [{"city": "Paris"}, {"city": "Oslo"}]
        assert len({call.call_id for call in calls}) == len({call.id for call in calls}) == 2
    results = [
        {"type": "function_call_output", "call_id": item.call_id, "output": f"sunny {place}"}
        for place, item in enumerate(streamed.output)
        if item.type == "function_call"
    ]
    last = await client.responses.create(**asked, input=results, previous_response_id=streamed.id)
    assert last.output_text == "Sunny in Paris, snow in Oslo."
    assert last.previous_response_id == streamed.id
    sent = fake.requests[-1].body
    assert sent.count(b"Paris") == sent.count(b"Oslo") == 1
    assert HELLO.encode() in sent
    assert sent.count(b"sunny") == 2


@requirement("responses.images")
@EVERY_PROVIDER
async def test_an_image_reaches_the_provider(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    content = [{"type": "input_text", "text": "What is this?"}, {"type": "input_image", "image_url": PIXEL}]
    await client.responses.create(model=model, input=[{"role": "user", "content": content}])
    assert PIXEL.partition(",")[2].encode() in fake.requests[-1].body


class City(BaseModel):
    name: str
    inhabitants: int


@requirement("responses.schema")
@EVERY_PROVIDER
async def test_an_answer_by_schema(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    if model.startswith("deepseek/"):  # knows JSON, but no schema: it is told in the instructions
        fake.say(Answer(text='{"name": "Oslo", "inhabitants": 700000}'))
    answer = await client.responses.parse(model=model, input=HELLO, text_format=City)
    assert isinstance(answer.output_parsed, City)
    assert b"inhabitants" in fake.requests[-1].body


@requirement("responses.reasoning")
@EACH_KIND
async def test_reasoning_goes_back_to_its_maker_and_to_nobody_else(
    client: AsyncOpenAI, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="42.", reasoning="Let me think."))
    asked: dict[str, Any] = {"reasoning": {"effort": "high", "summary": "auto"}, "input": HELLO}
    async with client.responses.stream(model=model, **asked) as stream:
        events = [event async for event in stream]
        answer = await stream.get_final_response()
    assert answer.output_text == "42."
    thought = answer.output[0]
    assert thought.type == "reasoning"
    assert "".join(piece.text for piece in thought.summary) == "Let me think."
    told = [event.delta for event in events if event.type == "response.reasoning_summary_text.delta"]
    assert "".join(told) == "Let me think."
    proof = (thought.encrypted_content or "nothing").rpartition(".")[2].encode()
    await client.responses.create(model=model, **asked, previous_response_id=answer.id)
    if model != MODELS["gemini"]:  # takes signatures back, but no thoughts
        assert b"Let me think." in fake.requests[-1].body
        assert proof in fake.requests[-1].body
    other = MODELS["anthropic" if model != MODELS["anthropic"] else "openai"]
    fake.say(Answer(text="Aha."))
    mixed = await client.responses.create(model=other, **asked, previous_response_id=answer.id)
    assert mixed.output_text == "Aha."
    assert not proof or proof not in fake.requests[-1].body


@requirement("responses.length")
@EVERY_PROVIDER
async def test_a_long_answer_says_that_its_limit_cut_it(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="and then", finish=Finish.LENGTH))
    whole = await client.responses.create(model=model, input=HELLO, max_output_tokens=16)
    stream = await client.responses.create(model=model, input=HELLO, max_output_tokens=16, stream=True)
    last = [event async for event in stream][-1]
    assert last.type == "response.incomplete"
    for answer in (whole, last.response):
        assert answer.status == "incomplete"
        assert answer.incomplete_details is not None
        assert answer.incomplete_details.reason == "max_output_tokens"
    going_on = await client.responses.create(model=model, input="Go on", previous_response_id=whole.id)
    assert going_on.previous_response_id == whole.id


@requirement("responses.continued", "responses.instructions")
@EVERY_PROVIDER
async def test_a_conversation_goes_on_with_any_model(client: AsyncOpenAI, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="My name is Ada."))
    first = await client.responses.create(model=MODELS["gemini"], input="Who are you?", instructions="Speak of pirates")
    second = await client.responses.create(model=model, input="And I?", previous_response_id=first.id)
    third = await client.responses.create(model=MODELS["ollama"], input="We both?", previous_response_id=second.id)
    assert third.previous_response_id == second.id
    for asked in fake.requests[-2:]:
        sent = asked.body
        assert b"pirates" not in sent
        assert sent.index(b"Who are you?") < sent.index(b"My name is Ada.") < sent.index(b"And I?")
    assert fake.requests[-1].body.count(b"My name is Ada.") == 2


@requirement("responses.errors")
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, openai.InternalServerError),
        (Fault.RATE_LIMITED, openai.RateLimitError),
        (Fault.CONTEXT_TOO_LONG, openai.BadRequestError),
        (Fault.SERVER_ERROR, openai.InternalServerError),
        (Fault.MODEL_NOT_FOUND, openai.NotFoundError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
@EACH_KIND
async def test_a_providers_refusal_raises_the_sdks_own_error(
    client: AsyncOpenAI, model: str, stream: bool, fault: Fault, error: type[openai.APIStatusError]
) -> None:
    failing = f"{model.partition('/')[0]}/{stream}-fault-{fault}"
    with pytest.raises(error) as caught:
        await client.responses.create(model=failing, input=HELLO, stream=stream)
    assert caught.value.request_id
    assert caught.value.code
    if fault is Fault.RATE_LIMITED:
        assert float(caught.value.response.headers["retry-after-ms"]) > 0


@requirement("responses.errors.in_stream")
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.ERROR_MIDWAY, Fault.RESET_MIDWAY])
@EACH_KIND
async def test_a_stream_that_breaks_never_looks_complete(client: AsyncOpenAI, model: str, fault: Fault) -> None:
    failing = f"{model.partition('/')[0]}/fault-{fault}"
    stream = await client.responses.create(model=failing, input=HELLO, stream=True)
    heard: list[Any] = []

    async def listen() -> None:
        async for event in stream:
            heard.append(event)  # noqa: PERF401  # what came before the error is looked at

    with pytest.raises(openai.APIError):
        await listen()
    assert heard[0].type == "response.created"
    assert "response.completed" not in [event.type for event in heard]
    kept = await client.responses.retrieve(heard[0].response.id)
    assert kept.status == "failed"
    assert kept.error is not None
    assert kept.error.message


@requirement("responses.fallback")
async def test_a_fallback_model_answers_and_the_response_says_so(client: AsyncOpenAI) -> None:
    raw = await client.responses.with_raw_response.create(
        model="openai/fault-401", input=HELLO, extra_body={"fallback_models": ["anthropic/claude-haiku-5-5"]}
    )
    assert raw.headers["x-chimera-model"] == "anthropic/claude-haiku-5-5"
    assert raw.headers["x-chimera-fallback"] == "provider_unauthenticated"
    name = json.loads(raw.text)["id"]
    assert (await client.responses.retrieve(name)).model == "claude-haiku-5-5"


@requirement("responses.fallback")
async def test_what_a_provider_cannot_be_told_is_said_or_refused(client: AsyncOpenAI) -> None:
    asked: dict[str, Any] = {"model": "anthropic/some-model", "input": HELLO, "truncation": "auto"}
    raw = await client.responses.with_raw_response.create(**asked)
    assert raw.headers["x-chimera-lost"] == "truncation"
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(**asked, extra_headers={"x-chimera-strict": "true"})
    assert caught.value.code == "translation_lossy"
    hanging = {"model": "anthropic/fault-hang", "input": HELLO}
    with pytest.raises(openai.APIStatusError) as late:
        await client.responses.create(**hanging, extra_headers={"x-chimera-timeout-s": "0.1"})
    assert late.value.status_code == 504


@requirement("responses.forwarded")
async def test_openai_hears_its_caller_s_words_and_keeps_nothing(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    asked = {"model": "openai/gpt-5", "input": HELLO, "tools": [{"type": "web_search"}], "user": "me"}
    first = await client.responses.create(**asked)
    sent = fake.requests[-1]
    assert sent.path.endswith("/responses")
    assert (sent.json["tools"], sent.json["user"], sent.json["store"]) == ([{"type": "web_search"}], "me", False)
    async with client.responses.stream(**asked, previous_response_id=first.id) as stream:
        second = await stream.get_final_response()
    assert (second.previous_response_id, second.to_dict()["store"]) == (first.id, True)
    sent = fake.requests[-1]
    assert "previous_response_id" not in sent.json
    assert [item["role"] for item in sent.json["input"] if item.get("type", "message") == "message"] == [
        "user",
        "assistant",
        "user",
    ]
    assert (await client.responses.retrieve(second.id)).to_dict()["id"] == second.id


@requirement("responses.forwarded")
async def test_a_body_without_features_of_openai_s_own_goes_there_too(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    await client.responses.create(model="openai/gpt-5", input=HELLO)
    assert fake.requests[-1].path.endswith("/responses")
    await client.responses.create(model="anthropic/some-model", input=HELLO)
    assert fake.requests[-1].path.endswith("/messages")

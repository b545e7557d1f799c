"""The OpenAI SDK judges the fake's chat completions, embeddings, models and errors."""

import openai
import pydantic
import pytest
from tests.fakes import Answer, FakeUpstream, Fault, Finish, Tokens, ToolUse
from tests.sdk_judges.conftest import PNG

QUESTION = [{"role": "user", "content": "hello there"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {
        "name": "clock",
        "strict": True,
        "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    },
}


class City(pydantic.BaseModel):
    name: str
    population: int
    mayor: str | None
    districts: list[str]


async def test_a_plain_answer_echoes_and_counts(openai_client):
    answer = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION)
    assert answer.choices[0].message.content == "You said: hello there"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (2, 4, 6)


async def test_a_stream_is_accepted_by_the_sdks_own_accumulator(openai_client, fake):
    fake.say(Answer(text="one two three four", chunks=4))
    async with openai_client.chat.completions.stream(
        model="gpt-5", messages=QUESTION, stream_options={"include_usage": True}
    ) as stream:
        deltas = [event.delta async for event in stream if event.type == "content.delta"]
        final = await stream.get_final_completion()
    assert deltas == ["", "one ", "two t", "hree", " four"]
    assert final.choices[0].message.content == "one two three four"
    assert final.usage.completion_tokens == 4


async def test_usage_comes_in_a_stream_only_if_asked_for(openai_client):
    async def usages(**options):
        stream = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True, **options)
        return [(chunk.usage, chunk.choices) async for chunk in stream]

    assert all(usage is None for usage, _ in await usages())
    *before, (usage, choices) = await usages(stream_options={"include_usage": True})
    assert usage.total_tokens == 6
    assert choices == []
    assert all(usage is None for usage, _ in before)


async def test_every_chunk_has_the_same_id_and_one_has_the_finish_reason(openai_client):
    stream = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True)
    chunks = [chunk async for chunk in stream]
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    finishes = [chunk.choices[0].finish_reason for chunk in chunks]
    assert finishes[-1] == "stop"
    assert set(finishes[:-1]) == {None}


async def test_parallel_tools_are_accumulated_from_split_arguments(openai_client, fake):
    calls = (
        ToolUse(name="weather", arguments='{"city": "Wien"}'),
        ToolUse(name="weather", arguments='{"city": "Graz"}'),
    )
    fake.say(Answer(text="", tool_calls=calls))
    async with openai_client.chat.completions.stream(model="gpt-5", messages=QUESTION, tools=[WEATHER]) as stream:
        final = await stream.get_final_completion()
    message = final.choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["weather", "weather"]
    assert [call.function.parsed_arguments for call in message.tool_calls] == [{"city": "Wien"}, {"city": "Graz"}]
    assert len({call.id for call in message.tool_calls}) == 2
    assert final.choices[0].finish_reason == "tool_calls"


async def test_required_tools_are_called_all_with_valid_arguments_and_can_be_answered(openai_client):
    first = await openai_client.chat.completions.create(
        model="gpt-5", messages=QUESTION, tools=[WEATHER, CLOCK], tool_choice="required"
    )
    calls = first.choices[0].message.tool_calls
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("weather", '{"city": "value"}'),
        ("clock", "{}"),
    ]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": f"result of {call.function.name}"} for call in calls
    ]
    messages = [*QUESTION, first.choices[0].message.model_dump(exclude_none=True), *results]
    second = await openai_client.chat.completions.create(model="gpt-5", messages=messages, tools=[WEATHER, CLOCK])
    assert second.choices[0].message.content == "You said: result of clock"


async def test_a_tool_result_without_its_call_is_refused(openai_client):
    orphan = [*QUESTION, {"role": "tool", "tool_call_id": "nobody", "content": "x"}]
    with pytest.raises(openai.BadRequestError, match="preceding message"):
        await openai_client.chat.completions.create(model="gpt-5", messages=orphan)


async def test_images_are_acknowledged(openai_client):
    content = [
        {"type": "text", "text": "what is this"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.jpg"}},
    ]
    answer = await openai_client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content == "You said: what is this [2 images: image/png, url]"


async def test_a_schema_is_obeyed_in_one_piece_and_in_a_stream(openai_client):
    parsed = await openai_client.chat.completions.parse(model="gpt-5", messages=QUESTION, response_format=City)
    assert isinstance(parsed.choices[0].message.parsed, City)
    async with openai_client.chat.completions.stream(model="gpt-5", messages=QUESTION, response_format=City) as stream:
        final = await stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, City)


async def test_several_choices_come_with_their_own_index(openai_client):
    stream = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, n=2, stream=True)
    finished = {choice.index async for chunk in stream for choice in chunk.choices if choice.finish_reason}
    assert finished == {0, 1}


async def test_the_token_limit_cuts_the_answer(openai_client):
    answer = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, max_completion_tokens=2)
    assert answer.choices[0].message.content == "You said:"
    assert answer.choices[0].finish_reason == "length"


async def test_reported_usage_and_finish_are_what_the_test_says(openai_client, fake):
    fake.say(Answer(usage=Tokens(input=100, output=20, cached=64, reasoning=8), finish=Finish.CONTENT_FILTER))
    answer = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION)
    assert answer.usage.prompt_tokens_details.cached_tokens == 64
    assert answer.usage.completion_tokens_details.reasoning_tokens == 8
    assert answer.choices[0].finish_reason == "content_filter"


async def test_embeddings_are_the_same_as_floats_and_as_base64(openai_client):
    texts = ["one", "two", "one"]
    packed = await openai_client.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=16)
    plain = await openai_client.embeddings.create(
        model="text-embedding-3-small", input=texts, dimensions=16, encoding_format="float"
    )
    vectors = [item.embedding for item in plain.data]
    assert vectors == [pytest.approx(item.embedding) for item in packed.data]
    assert [len(vector) for vector in vectors] == [16, 16, 16]
    assert vectors[0] == vectors[2] != vectors[1]
    assert plain.usage.prompt_tokens == 3


async def test_models_are_listed(openai_client):
    assert "gpt-5" in [model.id async for model in openai_client.models.list()]
    assert (await openai_client.models.retrieve("gpt-5")).id == "gpt-5"


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (Fault.RATE_LIMITED, openai.RateLimitError, "rate_limit_exceeded"),
        (Fault.QUOTA_EXHAUSTED, openai.RateLimitError, "insufficient_quota"),
        (Fault.SERVER_ERROR, openai.InternalServerError, None),
        (Fault.UNAVAILABLE, openai.InternalServerError, None),
        (Fault.OVERLOADED, openai.InternalServerError, None),
        (Fault.WRONG_KEY, openai.AuthenticationError, "invalid_api_key"),
        (Fault.FORBIDDEN, openai.PermissionDeniedError, "unsupported_country_region_territory"),
        (Fault.MODEL_NOT_FOUND, openai.NotFoundError, "model_not_found"),
        (Fault.CONTEXT_TOO_LONG, openai.BadRequestError, "context_length_exceeded"),
    ],
)
async def test_refusals_raise_the_sdks_own_class(openai_client, fake: FakeUpstream, fault, error, code):
    fake.next(fault)
    with pytest.raises(error) as raised:
        await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION)
    assert raised.value.code == code


async def test_a_wrong_key_is_refused(fake):
    async with openai.AsyncOpenAI(api_key="bad", base_url=fake.base_url("openai"), max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()


async def test_an_error_within_a_stream_is_raised_by_the_sdk(openai_client, fake):
    fake.next(Fault.ERROR_MIDWAY)
    stream = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True)
    with pytest.raises(openai.APIError, match="The server had an error"):
        async for _ in stream:
            pass


@pytest.mark.parametrize("fault", [Fault.SPLIT_UTF8, Fault.ODD_FRAMING, Fault.SLOW_HEADERS, Fault.NO_END])
async def test_legal_oddities_change_nothing_for_the_sdk(openai_client, fake, fault):
    fake.say(Answer(text="žluťoučký kůň 🐎"))
    fake.next(fault)
    async with openai_client.chat.completions.stream(model="gpt-5", messages=QUESTION) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.content == "žluťoučký kůň 🐎"

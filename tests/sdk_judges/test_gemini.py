"""Google's SDK judges the fake's generateContent."""

import base64

import pydantic
import pytest
from google.genai import errors, types
from tests.fakes import Answer, Fault, Finish, Tokens, ToolUse
from tests.sdk_judges.conftest import PNG

MODEL = "gemini-2.5-flash"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(name="weather", parameters_json_schema=CITY),
        types.FunctionDeclaration(name="clock"),
    ]
)


class City(pydantic.BaseModel):
    name: str
    population: int
    districts: list[str]


def config(**fields):
    manual = types.AutomaticFunctionCallingConfig(disable=True)
    return types.GenerateContentConfig(automatic_function_calling=manual, **fields)


async def test_a_plain_answer_echoes_and_counts(gemini_client):
    answer = await gemini_client.models.generate_content(
        model=MODEL, contents="hello there", config=config(system_instruction="be kind")
    )
    assert answer.text == "You said: hello there"
    assert answer.candidates[0].finish_reason is types.FinishReason.STOP
    usage = answer.usage_metadata
    assert (usage.prompt_token_count, usage.candidates_token_count, usage.total_token_count) == (4, 4, 8)


async def test_a_stream_has_a_part_per_chunk_and_one_finish(gemini_client, fake):
    fake.say(Answer(text="one two three", chunks=3))
    stream = await gemini_client.models.generate_content_stream(model=MODEL, contents="hi")
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.text or "" for chunk in chunks) == "one two three"
    assert len(chunks) == 4
    assert [chunk.candidates[0].finish_reason for chunk in chunks[:-1]] == [None, None, None]
    assert chunks[-1].candidates[0].finish_reason is types.FinishReason.STOP
    assert chunks[-1].usage_metadata.candidates_token_count == 3


async def test_thoughts_are_marked_and_counted_beside_the_answer(gemini_client, fake):
    thinking = types.ThinkingConfig(include_thoughts=True)
    stream = await gemini_client.models.generate_content_stream(
        model=MODEL, contents="hi", config=config(thinking_config=thinking)
    )
    chunks = [chunk async for chunk in stream]
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
    assert "".join(part.text for part in parts if part.thought) == "The user said: hi"
    assert "".join(part.text for part in parts if not part.thought) == "You said: hi"
    assert chunks[-1].usage_metadata.thoughts_token_count == 4
    assert chunks[-1].usage_metadata.candidates_token_count == 3


async def test_parallel_calls_come_whole_and_the_first_is_signed(gemini_client, fake):
    calls = (ToolUse(name="weather", arguments='{"city": "Wien"}'), ToolUse(name="clock"))
    fake.say(Answer(text="", tool_calls=calls))
    stream = await gemini_client.models.generate_content_stream(
        model=MODEL, contents="hi", config=config(tools=[TOOLS])
    )
    parts = [part async for chunk in stream for part in chunk.candidates[0].content.parts if part.function_call]
    assert [(part.function_call.name, part.function_call.args) for part in parts] == [
        ("weather", {"city": "Wien"}),
        ("clock", {}),
    ]
    assert [part.thought_signature for part in parts] == [b"signed:weather", None]


async def test_forced_calls_can_be_answered(gemini_client):
    forced = types.ToolConfig(function_calling_config=types.FunctionCallingConfig(mode="ANY"))
    first = await gemini_client.models.generate_content(
        model=MODEL, contents="hi", config=config(tools=[TOOLS], tool_config=forced)
    )
    assert [call.name for call in first.function_calls] == ["weather", "clock"]
    results = [
        types.Part.from_function_response(name=c.name, response={"result": "fine"}) for c in first.function_calls
    ]
    contents = [
        types.Content(role="user", parts=[types.Part(text="hi")]),
        first.candidates[0].content,
        types.Content(role="user", parts=results),
    ]
    second = await gemini_client.models.generate_content(model=MODEL, contents=contents, config=config(tools=[TOOLS]))
    assert second.text == 'You said: {"result":"fine"} {"result":"fine"}'
    contents[-1].parts.pop()
    with pytest.raises(errors.ClientError, match="number of function response parts"):
        await gemini_client.models.generate_content(model=MODEL, contents=contents, config=config(tools=[TOOLS]))


async def test_images_are_acknowledged(gemini_client):
    image = types.Part.from_bytes(data=base64.b64decode(PNG), mime_type="image/png")
    answer = await gemini_client.models.generate_content(model=MODEL, contents=["see", image])
    assert answer.text == "You said: see [1 images: image/png]"


async def test_a_schema_is_obeyed_in_both_of_geminis_forms(gemini_client):
    wanted = config(response_mime_type="application/json", response_schema=City)
    answer = await gemini_client.models.generate_content(model=MODEL, contents="a city", config=wanted)
    assert isinstance(answer.parsed, City)
    wanted = config(response_mime_type="application/json", response_json_schema=City.model_json_schema())
    answer = await gemini_client.models.generate_content(model=MODEL, contents="a city", config=wanted)
    assert City.model_validate_json(answer.text)


@pytest.mark.parametrize(("finish", "reason"), [(Finish.LENGTH, "MAX_TOKENS"), (Finish.CONTENT_FILTER, "SAFETY")])
async def test_finish_reasons_are_geminis_own(gemini_client, fake, finish, reason):
    fake.say(Answer(text="x", finish=finish, usage=Tokens(input=10, output=1, cached=4)))
    answer = await gemini_client.models.generate_content(model=MODEL, contents="hi")
    assert answer.candidates[0].finish_reason.value == reason
    assert answer.usage_metadata.cached_content_token_count == 4


async def test_embeddings_come_in_batches(gemini_client):
    embedded = await gemini_client.models.embed_content(
        model="gemini-embedding-001",
        contents=["one", "two"],
        config=types.EmbedContentConfig(output_dimensionality=16),
    )
    assert [len(item.values) for item in embedded.embeddings] == [16, 16]


async def test_models_are_listed_page_by_page(gemini_client, fake):
    pager = await gemini_client.models.list(config={"page_size": 2})
    names = [model.name async for model in pager]
    assert names == ["models/gemini-2.5-flash", "models/gemini-2.5-pro", "models/gemini-embedding-001"]
    assert len(fake.requests) == 2


async def test_tokens_are_counted(gemini_client):
    assert (await gemini_client.models.count_tokens(model=MODEL, contents="one two three")).total_tokens == 3


@pytest.mark.parametrize(
    ("fault", "error", "code", "status"),
    [
        (Fault.RATE_LIMITED, errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
        (Fault.SERVER_ERROR, errors.ServerError, 500, "INTERNAL"),
        (Fault.UNAVAILABLE, errors.ServerError, 503, "UNAVAILABLE"),
        (Fault.OVERLOADED, errors.ServerError, 503, "UNAVAILABLE"),
        (Fault.WRONG_KEY, errors.ClientError, 400, "INVALID_ARGUMENT"),
        (Fault.FORBIDDEN, errors.ClientError, 403, "PERMISSION_DENIED"),
        (Fault.MODEL_NOT_FOUND, errors.ClientError, 404, "NOT_FOUND"),
        (Fault.CONTEXT_TOO_LONG, errors.ClientError, 400, "INVALID_ARGUMENT"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_refusals_raise_the_sdks_own_class(gemini_client, fake, fault, error, code, status, stream):
    models = gemini_client.models
    fake.next(fault)

    async def streamed():
        return await anext(await models.generate_content_stream(model=MODEL, contents="hi"))

    with pytest.raises(error) as raised:
        await (streamed() if stream else models.generate_content(model=MODEL, contents="hi"))
    assert (raised.value.code, raised.value.status) == (code, status)


async def test_how_long_to_wait_stands_in_the_details(gemini_client, fake):
    fake.next(Fault.RATE_LIMITED, Fault.RATE_LIMITED_BARE)
    delays = []
    for _ in range(2):
        with pytest.raises(errors.ClientError) as raised:
            await gemini_client.models.generate_content(model=MODEL, contents="hi")
        delays.append([detail.get("retryDelay") for detail in raised.value.details["error"]["details"]])
    assert delays == [[None, "2s"], [None]]


async def test_an_error_within_a_stream_is_raised_by_the_sdk(gemini_client, fake):
    fake.next(Fault.ERROR_MIDWAY)
    stream = await gemini_client.models.generate_content_stream(model=MODEL, contents="hi")
    with pytest.raises(errors.ServerError, match="overloaded"):
        async for _ in stream:
            pass


async def test_utf8_split_anywhere_changes_nothing_for_the_sdk(gemini_client, fake):
    fake.say(Answer(text="žluťoučký kůň 🐎"))
    fake.next(Fault.SPLIT_UTF8)
    stream = await gemini_client.models.generate_content_stream(model=MODEL, contents="hi")
    assert "".join([chunk.text or "" async for chunk in stream]) == "žluťoučký kůň 🐎"

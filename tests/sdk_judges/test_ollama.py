"""Ollama's SDK judges the fake's API."""

import base64

import ollama
import pydantic
import pytest
from tests.fakes import Answer, Fault, Finish, ToolUse
from tests.sdk_judges.conftest import PNG

MODEL = "llama3.2:latest"
QUESTION = [{"role": "user", "content": "hello there"}]
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


class City(pydantic.BaseModel):
    name: str
    population: int


async def test_a_plain_answer_echoes_and_counts(ollama_client):
    answer = await ollama_client.chat(model=MODEL, messages=QUESTION)
    assert answer.message.content == "You said: hello there"
    assert answer.done
    assert answer.done_reason == "stop"
    assert (answer.prompt_eval_count, answer.eval_count) == (2, 4)


async def test_a_stream_ends_with_the_line_that_counts(ollama_client, fake):
    fake.say(Answer(text="one two three", chunks=3, reasoning="let me see"))
    parts = [part async for part in await ollama_client.chat(model=MODEL, messages=QUESTION, stream=True)]
    assert "".join(part.message.content for part in parts) == "one two three"
    assert "".join(part.message.thinking or "" for part in parts) == "let me see"
    assert [part.done for part in parts] == [False] * 6 + [True]
    assert parts[-1].eval_count == 6


async def test_parallel_tools_have_objects_as_arguments(ollama_client, fake):
    calls = (ToolUse(name="weather", arguments='{"city": "Wien"}'), ToolUse(name="clock"))
    fake.say(Answer(text="", tool_calls=calls))
    parts = [p async for p in await ollama_client.chat(model=MODEL, messages=QUESTION, tools=[WEATHER], stream=True)]
    called = [call.function for part in parts for call in part.message.tool_calls or []]
    assert [(call.name, call.arguments) for call in called] == [("weather", {"city": "Wien"}), ("clock", {})]
    assert parts[-1].done_reason == "stop"


async def test_tool_results_can_be_given(ollama_client, fake):
    fake.next(Answer(text="", tool_calls=(ToolUse(name="weather"),)))
    first = await ollama_client.chat(model=MODEL, messages=QUESTION, tools=[WEATHER])
    result = {"role": "tool", "tool_name": "weather", "content": "sunny"}
    second = await ollama_client.chat(model=MODEL, messages=[*QUESTION, first.message, result], tools=[WEATHER])
    assert second.message.content == "You said: sunny"


async def test_images_and_schemas(ollama_client):
    message = {"role": "user", "content": "see", "images": [base64.b64decode(PNG)]}
    seen = await ollama_client.chat(model=MODEL, messages=[message])
    assert seen.message.content == "You said: see [1 images: image/png]"
    formed = await ollama_client.chat(model=MODEL, messages=QUESTION, format=City.model_json_schema())
    assert City.model_validate_json(formed.message.content)


async def test_thinking_and_limits(ollama_client, fake):
    thought = await ollama_client.chat(model=MODEL, messages=QUESTION, think=True)
    assert thought.message.thinking == "The user said: hello there"
    cut = await ollama_client.chat(model=MODEL, messages=QUESTION, options={"num_predict": 2})
    assert (cut.message.content, cut.done_reason) == ("You said:", "length")
    fake.say(Answer(finish=Finish.LENGTH))
    assert (await ollama_client.chat(model=MODEL, messages=QUESTION)).done_reason == "length"


async def test_embeddings_models_and_details(ollama_client):
    embedded = await ollama_client.embed(model="nomic-embed-text:latest", input=["one", "two"])
    assert [len(vector) for vector in embedded.embeddings] == [8, 8]
    listed = await ollama_client.list()
    assert [model.model for model in listed.models] == ["llama3.2:latest", "nomic-embed-text:latest"]
    shown = await ollama_client.show(MODEL)
    assert shown.capabilities == ["completion", "tools", "vision", "thinking"]
    assert shown.modelinfo["llama.context_length"] == 131_072


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.RATE_LIMITED, 429),
        (Fault.SERVER_ERROR, 500),
        (Fault.UNAVAILABLE, 503),
        (Fault.OVERLOADED, 529),
        (Fault.WRONG_KEY, 401),
        (Fault.MODEL_NOT_FOUND, 404),
        (Fault.CONTEXT_TOO_LONG, 400),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_refusals_raise_the_sdks_own_class(ollama_client, fake, fault, status, stream):
    fake.next(fault)

    async def streamed():
        return await anext(await ollama_client.chat(model=MODEL, messages=QUESTION, stream=True))

    with pytest.raises(ollama.ResponseError) as raised:
        await (streamed() if stream else ollama_client.chat(model=MODEL, messages=QUESTION))
    assert raised.value.status_code == status


async def test_an_error_within_a_stream_is_raised_by_the_sdk(ollama_client, fake):
    fake.next(Fault.ERROR_MIDWAY)
    with pytest.raises(ollama.ResponseError, match="error was encountered"):
        async for _ in await ollama_client.chat(model=MODEL, messages=QUESTION, stream=True):
            pass


async def test_no_key_is_needed_but_a_wrong_one_is_refused(fake):
    async with ollama.AsyncClient(host=fake.base_url("ollama"), headers={"Authorization": "Bearer bad"}) as client:
        with pytest.raises(ollama.ResponseError, match="unauthorized"):
            await client.list()


async def test_utf8_split_anywhere_changes_nothing_for_the_sdk(ollama_client, fake):
    fake.say(Answer(text="žluťoučký kůň 🐎"))
    fake.next(Fault.SPLIT_UTF8)
    parts = [
        part.message.content async for part in await ollama_client.chat(model=MODEL, messages=QUESTION, stream=True)
    ]
    assert "".join(parts) == "žluťoučký kůň 🐎"

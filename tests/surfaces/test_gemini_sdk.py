"""The official `google-genai` SDK against Gemini's API, over every kind of provider."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from google import genai
from google.genai import errors, types
from pydantic import BaseModel
from tests.fakes.answer import Answer, Finish, Tokens, ToolUse
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED
from tests.surfaces.requirements import requirement
from tests.surfaces.scripted_stage import EVERY_PROVIDER, MODELS, SOME_PROVIDERS, Stage, scripted_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with scripted_stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(autouse=True)
def fake(stage: Stage) -> FakeUpstream:
    return stage.set().fake


PIXEL = bytes.fromhex("89504e470d0a1a0a")
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = types.Tool(function_declarations=[types.FunctionDeclaration(name="weather", parameters_json_schema=CITY)])
TWO_CALLS = Answer(
    text="",
    tool_calls=(
        ToolUse(name="weather", arguments='{"city":"Paris"}'),
        ToolUse(name="weather", arguments='{"city":"Oslo"}'),
    ),
)


class City(BaseModel):
    name: str
    inhabitants: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def google(stage: Stage) -> AsyncGenerator[genai.client.AsyncClient]:
    """The SDK with only its base URL and key changed."""
    options = types.HttpOptions(base_url=stage.chimera.url)
    async with genai.Client(api_key=stage.chimera.key, http_options=options).aio as sdk:
        yield sdk


def config(**fields: object) -> types.GenerateContentConfig:
    manual = types.AutomaticFunctionCallingConfig(disable=True)
    return types.GenerateContentConfig(automatic_function_calling=manual, **fields)


@requirement("gemini.whole")
@EVERY_PROVIDER
async def test_a_whole_answer(google: genai.client.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="Good morning.", usage=Tokens(input=11, output=4)))
    answer = await google.models.generate_content(
        model=model, contents="Hello", config=config(system_instruction="Be kind.", max_output_tokens=50, top_k=4)
    )
    assert answer.text == "Good morning."
    assert answer.candidates[0].finish_reason is types.FinishReason.STOP
    usage = answer.usage_metadata
    assert (usage.prompt_token_count, usage.candidates_token_count, usage.total_token_count) == (11, 4, 15)
    assert b"Be kind." in fake.requests[-1].body


@requirement("gemini.stream")
@EVERY_PROVIDER
async def test_a_streamed_answer(google: genai.client.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="One two three four five.", chunks=5, usage=Tokens(input=11, output=7)))
    stream = await google.models.generate_content_stream(model=model, contents="Hello")
    chunks = [chunk async for chunk in stream]
    texts = [chunk.text for chunk in chunks if chunk.text]
    assert ("".join(texts), len(texts)) == ("One two three four five.", 5)
    reasons = [chunk.candidates[0].finish_reason for chunk in chunks]
    assert reasons == [None] * (len(chunks) - 1) + [types.FinishReason.STOP]
    assert chunks[-1].usage_metadata.total_token_count == 18
    assert len({chunk.response_id for chunk in chunks}) == 1


@requirement("gemini.functions")
@EVERY_PROVIDER
async def test_parallel_calls_whole_and_streamed(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(TWO_CALLS)
    asked = {"model": model, "contents": "Hello", "config": config(tools=[WEATHER])}
    whole = await google.models.generate_content(**asked)
    stream = [chunk async for chunk in await google.models.generate_content_stream(**asked)]
    for calls in (whole.function_calls, [call for chunk in stream for call in chunk.function_calls or ()]):
        assert [(call.name, call.args) for call in calls] == [
            ("weather", {"city": "Paris"}),
            ("weather", {"city": "Oslo"}),
        ]
        assert len({call.id for call in calls}) == 2
    assert whole.candidates[0].finish_reason is types.FinishReason.STOP


@requirement("gemini.functions.loop")
@pytest.mark.parametrize("streams", [False, True])
@EVERY_PROVIDER
async def test_a_chat_calls_functions_by_itself_and_goes_on(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str, streams: bool
) -> None:
    """The SDK runs the function and sends all back, thoughts and signatures included, as its history has them."""
    asked: list[str] = []

    def weather(city: str) -> str:
        """Tell the weather."""
        asked.append(city)
        return f"sunny in {city}"

    fake.next(TWO_CALLS, Answer(text="Sunny everywhere.", chunks=1), Answer(text="You are welcome."))
    chat = google.chats.create(model=model, config=types.GenerateContentConfig(tools=[weather]))
    if streams:
        said = "".join([chunk.text or "" async for chunk in await chat.send_message_stream("How is the weather?")])
    else:
        said = (await chat.send_message("How is the weather?")).text or ""
    assert (said, asked) == ("Sunny everywhere.", ["Paris", "Oslo"])
    assert b"sunny in Oslo" in fake.requests[-1].body
    assert (await chat.send_message("Thanks")).text == "You are welcome."
    assert b"Sunny everywhere." in fake.requests[-1].body


@requirement("gemini.functions")
@EVERY_PROVIDER
async def test_a_call_can_be_demanded(google: genai.client.AsyncClient, model: str) -> None:
    if model.startswith("ollama/"):
        return  # has no such choice, and says so: `x-chimera-lost`
    calling = types.FunctionCallingConfig(mode="ANY", allowed_function_names=["weather"])
    forced = types.ToolConfig(function_calling_config=calling)
    answer = await google.models.generate_content(
        model=model, contents="Hello", config=config(tools=[WEATHER], tool_config=forced)
    )
    assert [call.name for call in answer.function_calls] == ["weather"]


@requirement("gemini.images")
@EVERY_PROVIDER
async def test_an_image_reaches_the_provider(google: genai.client.AsyncClient, fake: FakeUpstream, model: str) -> None:
    image = types.Part.from_bytes(data=PIXEL, mime_type="image/png")
    await google.models.generate_content(model=model, contents=["What is this?", image])
    assert b"iVBORw0KGgo" in fake.requests[-1].body


@requirement("gemini.schema")
@pytest.mark.parametrize("form", ["response_schema", "response_json_schema"])
@EVERY_PROVIDER
async def test_an_answer_by_schema(google: genai.client.AsyncClient, fake: FakeUpstream, model: str, form: str) -> None:
    if model.startswith("deepseek/"):  # knows JSON, but no schema: it is told in the instructions
        fake.say(Answer(text='{"name": "Oslo", "inhabitants": 700000}'))
    schema = City if form == "response_schema" else City.model_json_schema()
    answer = await google.models.generate_content(
        model=model, contents="A city", config=config(response_mime_type="application/json", **{form: schema})
    )
    assert City.model_validate_json(answer.text or "")
    assert b"inhabitants" in fake.requests[-1].body


# OpenAI's own chat wire never shows reasoning.
THINKERS = [model for kind, model in MODELS.items() if kind not in {"openai", "azure"}]


@requirement("gemini.thoughts")
@pytest.mark.parametrize("model", THINKERS)
async def test_thoughts_are_shown_to_who_asks_and_to_nobody_else(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="42.", reasoning="Let me think."))
    shown = config(thinking_config=types.ThinkingConfig(thinking_budget=2000, include_thoughts=True))
    answer = await google.models.generate_content(model=model, contents="Hello", config=shown)
    parts = answer.candidates[0].content.parts
    assert "".join(part.text or "" for part in parts if part.thought) == "Let me think."
    assert answer.text == "42."
    if not model.startswith("gemini/"):  # the fake thinks aloud whenever it is told to
        hidden = await google.models.generate_content(model=model, contents="Hello")
        assert not any(part.thought for part in hidden.candidates[0].content.parts)
        assert hidden.text == "42."


@requirement("gemini.thoughts.return")
@pytest.mark.parametrize("model", ["anthropic/some-model", "gemini/some-model"])
@pytest.mark.parametrize("shown", [False, True])
async def test_signed_thoughts_find_their_way_home_through_the_sdks_history(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str, shown: bool
) -> None:
    thinking = types.ThinkingConfig(thinking_budget=2000, include_thoughts=shown)
    fake.next(Answer(text="", reasoning="Let me think.", tool_calls=TWO_CALLS.tool_calls[:1]), Answer(text="Done."))
    asked = config(tools=[WEATHER], thinking_config=thinking)
    chat = google.chats.create(model=model, config=asked)
    first = await chat.send_message("How is the weather?")
    result = types.Part.from_function_response(name="weather", response={"result": "sunny"})
    assert (await chat.send_message(result)).text == "Done."
    sent = fake.requests[-1].json
    if model.startswith("anthropic/"):
        block = sent["messages"][1]["content"][0]
        assert (block["type"], block["thinking"]) == ("thinking", "Let me think.")
        assert block["signature"]
        assert "chimera" not in block["signature"]
    else:
        parts = sent["contents"][1]["parts"]
        assert [part["thoughtSignature"] for part in parts if "functionCall" in part]
    assert first.function_calls


@requirement("gemini.foreign")
async def test_a_conversation_moves_to_another_model_without_its_signatures(
    google: genai.client.AsyncClient, fake: FakeUpstream
) -> None:
    thinking = types.ThinkingConfig(thinking_budget=2000, include_thoughts=True)
    fake.next(Answer(text="", reasoning="Let me think.", tool_calls=TWO_CALLS.tool_calls[:1]))
    asked = {"contents": "Hello", "config": config(tools=[WEATHER], thinking_config=thinking)}
    first = await google.models.generate_content(model="anthropic/some-model", **asked)
    result = types.Part.from_function_response(name="weather", response={"result": "sunny"})
    contents = ["Hello", first.candidates[0].content, types.Content(role="user", parts=[result])]
    for model in ("gemini/gemini-3.5-flash", "openai/gpt-5"):
        answer = await google.models.generate_content(model=model, contents=contents, config=asked["config"])
        assert "sunny" in (answer.text or "")
        body = fake.requests[-1].body
        assert b"Let me think." not in body
        assert b"chimera" not in body


@requirement("gemini.forwarded")
async def test_google_gets_the_callers_own_words(google: genai.client.AsyncClient, fake: FakeUpstream) -> None:
    settings = [types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")]
    search = types.Tool(google_search=types.GoogleSearch())
    await google.models.generate_content(
        model="gemini/gemini-2.5-flash", contents="Hello", config=config(safety_settings=settings, tools=[search])
    )
    sent = fake.requests[-1].json
    assert sent["safetySettings"] == [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    assert sent["tools"] == [{"googleSearch": {}}]


@requirement("gemini.lost")
async def test_what_only_google_can_do_is_refused_elsewhere_and_what_only_tunes_is_named(
    google: genai.client.AsyncClient,
) -> None:
    search = types.Tool(google_search=types.GoogleSearch())
    with pytest.raises(errors.ClientError, match="googleSearch") as refused:
        await google.models.generate_content(model="openai/gpt-5", contents="Hello", config=config(tools=[search]))
    assert refused.value.code == 400
    settings = [types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")]
    tuned = config(safety_settings=settings, should_return_http_response=True)
    answer = await google.models.generate_content(model="openai/gpt-5", contents="Hello", config=tuned)
    assert answer.sdk_http_response.headers["x-chimera-lost"] == "safetySettings"
    strict = config(safety_settings=settings, http_options=types.HttpOptions(headers={"x-chimera-strict": "true"}))
    with pytest.raises(errors.ClientError, match="safetySettings"):
        await google.models.generate_content(model="openai/gpt-5", contents="Hello", config=strict)


@requirement("gemini.finish")
@EVERY_PROVIDER
async def test_a_long_answer_says_that_it_met_its_limit(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="and then", finish=Finish.LENGTH))
    answer = await google.models.generate_content(model=model, contents="Hello", config=config(max_output_tokens=2))
    assert answer.candidates[0].finish_reason is types.FinishReason.MAX_TOKENS


@requirement("gemini.errors")
@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("401", 503, "UNAVAILABLE"),
        ("429-bare", 429, "RESOURCE_EXHAUSTED"),
        ("context", 400, "INVALID_ARGUMENT"),
        ("500", 503, "UNAVAILABLE"),
        ("404", 404, "NOT_FOUND"),
    ],
)
@SOME_PROVIDERS
async def test_a_providers_refusal_raises_the_sdks_own_error(
    google: genai.client.AsyncClient, kind: str, fault: str, code: int, status: str
) -> None:
    with pytest.raises(errors.ClientError if code < 500 else errors.ServerError) as caught:
        await google.models.generate_content(model=f"{kind}/fault-{fault}", contents="Hello")
    assert (caught.value.code, caught.value.status) == (code, status)


@requirement("gemini.errors")
async def test_a_rate_limit_says_when_to_come_back(google: genai.client.AsyncClient) -> None:
    with pytest.raises(errors.ClientError) as caught:
        await google.models.generate_content(model="openai/fault-429", contents="Hello")
    delays = [detail["retryDelay"] for detail in caught.value.details["error"]["details"] if "retryDelay" in detail]
    assert delays == ["0.050s"]


@requirement("gemini.errors.in_stream")
@EVERY_PROVIDER
async def test_an_error_inside_a_stream_raises(
    google: genai.client.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.next(Fault.CUT)
    stream = await google.models.generate_content_stream(model=model, contents="Hello")
    with pytest.raises(errors.ServerError):
        _ = [chunk async for chunk in stream]


@requirement("gemini.embed")
@pytest.mark.parametrize("model", ["gemini/gemini-embedding-001", "openai/text-embedding-3-small"])
async def test_texts_are_embedded(google: genai.client.AsyncClient, model: str) -> None:
    wanted = types.EmbedContentConfig(output_dimensionality=16, task_type="RETRIEVAL_QUERY")
    answer = await google.models.embed_content(model=model, contents=["one", "two"], config=wanted)
    assert [len(found.values) for found in answer.embeddings] == [16, 16]


@requirement("gemini.count")
@EVERY_PROVIDER
async def test_tokens_are_counted(google: genai.client.AsyncClient, model: str) -> None:
    counted = await google.models.count_tokens(model=model, contents="one two three")
    assert 3 <= counted.total_tokens < 20


@requirement("gemini.models")
async def test_models_are_listed_page_by_page_and_described(google: genai.client.AsyncClient) -> None:
    names = [model.name or "" async for model in await google.models.list(config={"page_size": 3})]
    assert {name.removeprefix("models/").partition("/")[0] for name in names} == {*HOSTED, "auto"}
    assert len(names) == len(set(names))
    found = await google.models.get(model=names[0])
    assert found.name == names[0]
    assert "generateContent" in (found.supported_actions or ())

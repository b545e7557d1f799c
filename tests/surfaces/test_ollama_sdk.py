"""The official `ollama` SDK against Ollama's API, over every kind of provider."""

from collections.abc import AsyncGenerator
from pathlib import Path

import ollama
import pytest
import pytest_asyncio
from pydantic import BaseModel
from tests.fakes.answer import Answer, Finish, Tokens, ToolUse
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED
from tests.surfaces.requirements import requirement
from tests.surfaces.scripted_stage import EVERY_PROVIDER, MODELS, SOME_PROVIDERS, Stage, scripted_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = [{"role": "user", "content": "Hello you there"}]
PIXEL = bytes.fromhex("89504e470d0a1a0a")
TWO_CALLS = Answer(
    text="",
    tool_calls=(
        ToolUse(name="weather", arguments='{"city":"Paris"}'),
        ToolUse(name="weather", arguments='{"city":"Oslo"}'),
    ),
)


def weather(city: str) -> str:
    """Tell the weather.

    Args:
        city: Where.
    """
    return f"sunny in {city}"


class City(BaseModel):
    name: str
    inhabitants: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with scripted_stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(autouse=True)
def fake(stage: Stage) -> FakeUpstream:
    return stage.set().fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(stage: Stage) -> AsyncGenerator[ollama.AsyncClient]:
    """The SDK with only its address and key changed."""
    async with ollama.AsyncClient(host=stage.chimera.url, headers=stage.chimera.headers) as sdk:
        yield sdk


@requirement("ollama.whole")
@EVERY_PROVIDER
async def test_a_whole_answer(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="Good morning.", usage=Tokens(input=11, output=4)))
    messages = [{"role": "system", "content": "Be kind."}, *HELLO]
    answer = await client.chat(model=model, messages=messages, options={"num_predict": 50, "temperature": 0.5})
    assert answer.message.content == "Good morning."
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert (answer.prompt_eval_count, answer.eval_count) == (11, 4)
    assert answer.total_duration
    assert b"Be kind." in fake.requests[-1].body


@requirement("ollama.stream")
@EVERY_PROVIDER
async def test_a_streamed_answer(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="One two three four five.", chunks=5, usage=Tokens(input=11, output=7)))
    parts = [part async for part in await client.chat(model=model, messages=HELLO, stream=True)]
    texts = [part.message.content for part in parts if part.message.content]
    assert ("".join(texts), len(texts)) == ("One two three four five.", 5)
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    last = parts[-1]
    assert (last.prompt_eval_count, last.eval_count) == (11, 7)
    assert last.total_duration >= last.eval_duration >= 0


@requirement("ollama.tools")
@EVERY_PROVIDER
async def test_a_tool_loop_is_carried_to_its_end(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.next(TWO_CALLS, Answer(text="Sunny everywhere."))
    streamed = [part async for part in await client.chat(model=model, messages=HELLO, tools=[weather], stream=True)]
    calls = [call for part in streamed for call in part.message.tool_calls or ()]
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("weather", {"city": "Paris"}),
        ("weather", {"city": "Oslo"}),
    ]
    assert streamed[-1].done_reason == "stop"
    said = {"role": "assistant", "content": "", "tool_calls": [call.model_dump() for call in calls]}
    results = [
        {"role": "tool", "tool_name": "weather", "content": weather(**call.function.arguments)} for call in calls
    ]
    answer = await client.chat(model=model, messages=[*HELLO, said, *results], tools=[weather])
    assert answer.message.content == "Sunny everywhere."
    assert b"sunny in Paris" in fake.requests[-1].body
    assert b"sunny in Oslo" in fake.requests[-1].body


@requirement("ollama.images")
@EVERY_PROVIDER
async def test_an_image_reaches_the_provider(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    await client.chat(model=model, messages=[{"role": "user", "content": "What is this?", "images": [PIXEL]}])
    assert b"iVBORw0KGgo" in fake.requests[-1].body


@requirement("ollama.format")
@EVERY_PROVIDER
async def test_an_answer_by_schema(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    if model.startswith("deepseek/"):  # knows JSON, but no schema: it is told in the instructions
        fake.say(Answer(text='{"name": "Oslo", "inhabitants": 700000}'))
    answer = await client.chat(model=model, messages=HELLO, format=City.model_json_schema())
    assert City.model_validate_json(answer.message.content or "")


# OpenAI's own chat wire never shows reasoning.
@requirement("ollama.thinking")
@pytest.mark.parametrize("model", [model for kind, model in MODELS.items() if kind not in {"openai", "azure"}])
async def test_thinking_is_told_apart_from_the_answer(
    client: ollama.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="42.", reasoning="Let me think."))
    answer = await client.chat(model=model, messages=HELLO, think=True)
    assert (answer.message.thinking, answer.message.content) == ("Let me think.", "42.")
    parts = [part async for part in await client.chat(model=model, messages=HELLO, think=True, stream=True)]
    assert "".join(part.message.thinking or "" for part in parts) == "Let me think."


@requirement("ollama.generate")
@EVERY_PROVIDER
async def test_a_prompt_is_answered(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    answer = await client.generate(model=model, prompt="Hello", system="Be kind.")
    assert answer.response == "You said: Hello"
    parts = [part async for part in await client.generate(model=model, prompt="Hello", stream=True)]
    assert "".join(part.response for part in parts) == "You said: Hello"
    assert parts[-1].done


@requirement("ollama.load")
async def test_a_question_without_words_loads_the_model(client: ollama.AsyncClient, fake: FakeUpstream) -> None:
    before = len(fake.requests)
    loaded = await client.generate(model="openai/gpt-5")
    assert (loaded.done, loaded.done_reason, loaded.response) == (True, "load", "")
    assert (await client.generate(model="openai/gpt-5", keep_alive=0)).done_reason == "unload"
    with pytest.raises(ollama.ResponseError) as refused:
        await client.generate(model="nobody-has-this")
    assert refused.value.status_code == 404
    assert len(fake.requests) == before


@requirement("ollama.finish")
@EVERY_PROVIDER
async def test_a_long_answer_says_that_it_met_its_limit(
    client: ollama.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="and then", finish=Finish.LENGTH))
    answer = await client.chat(model=model, messages=HELLO, options={"num_predict": 2})
    assert answer.done_reason == "length"


@requirement("ollama.errors")
@pytest.mark.parametrize(
    ("fault", "status"), [("401", 503), ("429-bare", 429), ("context", 400), ("500", 503), ("404", 404)]
)
@SOME_PROVIDERS
async def test_a_providers_refusal_raises_the_sdks_own_error(
    client: ollama.AsyncClient, kind: str, fault: str, status: int
) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        await client.chat(model=f"{kind}/fault-{fault}", messages=HELLO)
    assert caught.value.status_code == status
    assert caught.value.error


@requirement("ollama.errors.in_stream")
@EVERY_PROVIDER
async def test_an_error_inside_a_stream_raises(client: ollama.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.next(Fault.CUT)
    with pytest.raises(ollama.ResponseError):
        _ = [part async for part in await client.chat(model=model, messages=HELLO, stream=True)]


@requirement("ollama.embed")
@pytest.mark.parametrize("model", ["nomic-embed-text", "gemini/gemini-embedding-001", "openai/text-embedding-3-small"])
async def test_texts_are_embedded(client: ollama.AsyncClient, model: str) -> None:
    answer = await client.embed(model=model, input=["one", "two"], dimensions=16)
    assert [len(vector) for vector in answer.embeddings] == [16, 16]
    assert (answer.model, len((await client.embeddings(model=model, prompt="one")).embedding)) == (model, 8)


@requirement("ollama.models")
async def test_models_are_listed_and_described(client: ollama.AsyncClient, fake: FakeUpstream) -> None:
    listed = await client.list()
    names = [model.model or "" for model in listed.models]
    assert {name.partition("/")[0] for name in names} == {*HOSTED, "auto"}
    assert all(len(model.digest or "") == 64 for model in listed.models)
    shown = await client.show("openai/gpt-5")
    assert shown.capabilities == ["completion", "tools", "vision", "thinking"]
    assert shown.modelinfo["openai.context_length"] == 400_000
    assert (await client.ps()).models == []


@requirement("ollama.models")
async def test_a_models_usual_tag_may_be_left_out_or_added(client: ollama.AsyncClient, fake: FakeUpstream) -> None:
    assert (await client.show("llama3.2")).capabilities
    await client.chat(model="llama3.2", messages=HELLO)
    assert fake.requests[-1].json["model"] == "llama3.2:latest"
    await client.chat(model="openai/gpt-5:latest", messages=HELLO)
    assert fake.requests[-1].json["model"] == "gpt-5"


@requirement("ollama.key")
async def test_a_key_is_needed_and_may_be_ollamas_own(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_API_KEY", raising=False)
    async with ollama.AsyncClient(host=stage.chimera.url) as stranger:
        with pytest.raises(ollama.ResponseError) as refused:
            await stranger.list()
    assert refused.value.status_code == 401
    monkeypatch.setenv("OLLAMA_API_KEY", stage.chimera.key)
    async with ollama.AsyncClient(host=stage.chimera.url) as known:
        assert (await known.list()).models

"""The OpenAI SDK judges the fake's Azure, DeepSeek, OpenRouter, LM Studio and generic dialects."""

from collections.abc import AsyncIterator, Callable

import httpx2
import openai
import pytest
from tests.fakes import FLAVOURS, Answer, FakeUpstream, Fault, Tokens
from tests.sdk_judges.conftest import KEY

QUESTION = [{"role": "user", "content": "hello there"}]
IMITATORS = ("deepseek", "openrouter", "lmstudio", "openai_compatible")
Connect = Callable[[str], openai.AsyncOpenAI]


@pytest.fixture
async def connect(fake: FakeUpstream) -> AsyncIterator[Connect]:
    opened: list[openai.AsyncOpenAI] = []

    def open_client(flavour: str) -> openai.AsyncOpenAI:
        suffix = "/v1" if flavour in {"lmstudio", "ollama"} else ""
        opened.append(openai.AsyncOpenAI(api_key=KEY, base_url=fake.base_url(flavour) + suffix, max_retries=0))
        return opened[-1]

    yield open_client
    for client in opened:
        await client.close()


@pytest.mark.parametrize("flavour", [*IMITATORS, "ollama"])
async def test_every_imitator_answers_in_one_piece_and_in_a_stream(connect, flavour):
    client = connect(flavour)
    plain = await client.chat.completions.create(model="m", messages=QUESTION)
    async with client.chat.completions.stream(model="m", messages=QUESTION) as stream:
        final = await stream.get_final_completion()
    assert plain.choices[0].message.content == final.choices[0].message.content == "You said: hello there"


@pytest.mark.parametrize(
    ("flavour", "field"),
    [("deepseek", "reasoning_content"), ("lmstudio", "reasoning_content"), ("openrouter", "reasoning")],
)
async def test_reasoning_has_a_field_of_its_own(connect, fake, flavour, field):
    fake.say(Answer(text="four", reasoning="two and two"))
    client = connect(flavour)
    plain = await client.chat.completions.create(model="m", messages=QUESTION)
    stream = await client.chat.completions.create(model="m", messages=QUESTION, stream=True)
    thoughts = [getattr(chunk.choices[0].delta, field, "") async for chunk in stream if chunk.choices]
    assert getattr(plain.choices[0].message, field) == "".join(thoughts) == "two and two"


async def test_openai_itself_keeps_its_reasoning_but_counts_it(openai_client):
    answer = await openai_client.chat.completions.create(model="gpt-5", messages=QUESTION, reasoning_effort="low")
    assert "reasoning" not in str(answer.choices[0].message.model_extra)
    assert answer.usage.completion_tokens_details.reasoning_tokens == 5


async def test_deepseek_counts_cache_hits(connect, fake):
    fake.say(Answer(usage=Tokens(input=100, output=5, cached=64)))
    answer = await connect("deepseek").chat.completions.create(model="deepseek-chat", messages=QUESTION)
    assert answer.usage.prompt_cache_hit_tokens == 64
    assert answer.usage.prompt_cache_miss_tokens == 36


async def test_openrouter_reports_cost_and_usage_without_being_asked(connect):
    stream = await connect("openrouter").chat.completions.create(model="m", messages=QUESTION, stream=True)
    chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage.cost > 0


async def test_openrouter_sends_comments_before_it_speaks(fake):
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as client:
        body = {"model": "m", "messages": QUESTION, "stream": True}
        answer = await client.post(f"{fake.base_url('openrouter')}/chat/completions", json=body)
    assert answer.text.startswith(": OPENROUTER PROCESSING\n\ndata: ")


async def test_openrouter_fails_in_the_middle_with_an_error_inside_a_chunk(connect, fake):
    fake.next(Fault.ERROR_MIDWAY)
    stream = await connect("openrouter").chat.completions.create(model="m", messages=QUESTION, stream=True)
    with pytest.raises(openai.APIError) as raised:
        async for _ in stream:
            pass
    assert raised.value.body["code"] == 502


@pytest.mark.parametrize(
    ("flavour", "path", "field"),
    [
        ("openrouter", "/models", "context_length"),
        ("openai_compatible", "/models", "max_model_len"),
        ("lmstudio", "/api/v0/models", "max_context_length"),
        ("azure", "/openai/models?api-version=2024-10-21", "capabilities"),
    ],
)
async def test_model_lists_have_the_providers_own_fields(fake, flavour, path, field):
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx2.AsyncClient(headers=headers) as client:
        listed = (await client.get(fake.base_url(flavour) + path)).json()["data"]
    assert [model["id"] for model in listed] == list(FLAVOURS[flavour].models)
    assert all(field in model for model in listed)


@pytest.mark.parametrize("flavour", IMITATORS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RATE_LIMITED, openai.RateLimitError),
        (Fault.SERVER_ERROR, openai.InternalServerError),
        (Fault.OVERLOADED, openai.InternalServerError),
        (Fault.WRONG_KEY, openai.AuthenticationError),
        (Fault.MODEL_NOT_FOUND, openai.NotFoundError),
        (Fault.CONTEXT_TOO_LONG, openai.BadRequestError),
    ],
)
async def test_refusals_raise_the_sdks_own_class(connect, flavour, fault, error):
    with pytest.raises(error):
        await connect(flavour).chat.completions.create(model=f"fault-{fault.value}", messages=QUESTION)


@pytest.mark.parametrize("flavour", ["deepseek", "openrouter"])
async def test_an_empty_account_is_a_402(connect, fake, flavour):
    fake.next(Fault.QUOTA_EXHAUSTED)
    with pytest.raises(openai.APIStatusError) as raised:
        await connect(flavour).chat.completions.create(model="m", messages=QUESTION)
    assert raised.value.status_code == 402


async def test_azure_finds_the_deployment_in_the_path(azure_client, fake):
    answer = await azure_client.chat.completions.create(model="my-deployment", messages=QUESTION)
    assert answer.model == "my-deployment"
    assert answer.prompt_filter_results[0]["content_filter_results"]["hate"]["filtered"] is False
    (request,) = fake.requests
    assert request.path == "/azure/openai/deployments/my-deployment/chat/completions"
    assert request.query == {"api-version": "2024-10-21"}


async def test_azure_streams_begin_with_a_chunk_without_choices(azure_client):
    stream = await azure_client.chat.completions.create(model="d", messages=QUESTION, stream=True)
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices == []
    assert chunks[0].prompt_filter_results
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[1:]) == "You said: hello there"


async def test_azures_own_accumulator_and_embeddings(azure_client):
    async with azure_client.chat.completions.stream(model="d", messages=QUESTION) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.content == "You said: hello there"
    embedded = await azure_client.embeddings.create(model="e", input="text")
    assert len(embedded.data[0].embedding) == 8


async def test_azures_newer_path_needs_no_version(fake):
    base = fake.base_url("azure") + "/openai/v1"
    async with openai.AsyncOpenAI(api_key=KEY, base_url=base, max_retries=0) as client:
        answer = await client.chat.completions.create(model="gpt-5", messages=QUESTION)
        listed = [model.id async for model in client.models.list()]
    assert answer.choices[0].message.content == "You said: hello there"
    assert "gpt-5" in listed


async def test_azures_older_path_needs_a_version(fake):
    base = fake.base_url("azure") + "/openai/deployments/d"
    async with openai.AsyncOpenAI(api_key=KEY, base_url=base, max_retries=0) as client:
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model="d", messages=QUESTION)


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (Fault.WRONG_KEY, openai.AuthenticationError, "401"),
        (Fault.RATE_LIMITED, openai.RateLimitError, "429"),
        (Fault.MODEL_NOT_FOUND, openai.NotFoundError, "DeploymentNotFound"),
        (Fault.CONTEXT_TOO_LONG, openai.BadRequestError, "context_length_exceeded"),
    ],
)
async def test_azure_has_codes_of_its_own(azure_client, fake, fault, error, code):
    fake.next(fault)
    with pytest.raises(error) as raised:
        await azure_client.chat.completions.create(model="d", messages=QUESTION)
    assert raised.value.code == code


async def test_azure_and_openai_say_how_many_milliseconds_to_wait(azure_client, fake):
    fake.next(Fault.RATE_LIMITED)
    with pytest.raises(openai.RateLimitError) as raised:
        await azure_client.chat.completions.create(model="d", messages=QUESTION)
    assert raised.value.response.headers["retry-after-ms"] == "2000"
    assert raised.value.response.headers["retry-after"] == "2"

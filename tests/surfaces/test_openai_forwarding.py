"""What the official `openai` SDK can ask where caller and provider speak the same wire, and what travels otherwise."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import openai
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from tests.fakes.answer import Answer, ToolUse
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.surfaces.conftest import Scripted
from tests.surfaces.requirements import requirement

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [{"role": "user", "content": "Hello you there"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
EMBEDDING = "openai/text-embedding-3-small"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(scripted: Scripted) -> AsyncGenerator[AsyncOpenAI]:
    chimera = scripted.chimera
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        yield sdk


@pytest.fixture(autouse=True)
def fake(scripted: Scripted) -> FakeUpstream:
    scripted.fake.say(Answer())
    return scripted.fake


async def streamed(client: AsyncOpenAI, **asked: Any) -> Any:
    """The answer as the SDK's own helper puts it together."""
    async with client.chat.completions.stream(**asked) as stream:
        return await stream.get_final_completion()


@requirement("chat.own_words")
@pytest.mark.parametrize("model", ["openai/gpt-5", "azure/gpt-4o", "openai_compatible/some-model"])
async def test_several_choices_come_whole_and_streamed_from_who_speaks_the_wire(
    client: AsyncOpenAI, model: str
) -> None:
    asked = {"model": model, "messages": HELLO, "n": 2}
    for answer in (await client.chat.completions.create(**asked), await streamed(client, **asked)):
        assert [choice.message.content for choice in answer.choices] == ["You said: Hello you there"] * 2
        assert {choice.finish_reason for choice in answer.choices} == {"stop"}


AUDIO = [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]


@requirement("chat.own_words")
@pytest.mark.parametrize("model", ["anthropic/some-model", "gemini/some-model", "lmstudio/some-model"])
@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"n": 2}, "`n`"),
        ({"logprobs": True}, "`logprobs`"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "`tools.0`"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]},
            "`messages.0.content.0`",
        ),
    ],
)
async def test_what_no_translation_can_ask_is_refused_by_name(
    client: AsyncOpenAI, model: str, asked: dict[str, Any], named: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(**{"model": model, "messages": HELLO} | asked)
    assert refused.value.code == "translation_lossy"
    assert named in refused.value.message


@requirement("chat.own_words")
async def test_an_answer_passes_with_what_the_language_has_no_word_for(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="openai/gpt-5", messages=HELLO)
    assert (whole.system_fingerprint, whole.service_tier) == ("fp_fake", "default")
    assert whole.id.startswith("chatcmpl-0")
    stream = await client.chat.completions.create(model="openai/gpt-5", messages=HELLO, stream=True)
    assert {chunk.system_fingerprint async for chunk in stream} == {"fp_fake"}


@requirement("chat.lost")
async def test_a_member_that_would_choose_another_model_stays_here_and_is_named(
    client: AsyncOpenAI, fake: FakeUpstream
) -> None:
    extra = {"models": ["other/model"], "provider": {"sort": "price"}}
    asked = {"model": "openrouter/some-model", "messages": HELLO, "extra_body": extra}
    for stream in (False, True):
        raw = await client.chat.completions.with_raw_response.create(**asked, stream=stream)
        body = json.loads(fake.requests[-1].body)
        assert ("models" in body, body["provider"]) == (False, {"sort": "price"})
        assert raw.headers["x-chimera-lost"] == "extra.models"
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(**asked, extra_headers={"x-chimera-strict": "true"})
    assert refused.value.code == "translation_lossy"


@requirement("chat.limits")
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_left_of_a_providers_limits_is_told(client: AsyncOpenAI, stream: bool) -> None:
    raw = await client.chat.completions.with_raw_response.create(model="openai/gpt-5", messages=HELLO, stream=stream)
    assert raw.headers["x-ratelimit-limit-requests"] == "500"
    assert int(raw.headers["x-ratelimit-remaining-requests"]) <= 500
    assert raw.headers["x-ratelimit-reset-tokens"] == "6m0s"


@requirement("chat.reasoning.back")
@pytest.mark.parametrize("stream", [False, True])
async def test_signed_reasoning_comes_back_to_its_maker_and_to_nobody_else(
    client: AsyncOpenAI, fake: FakeUpstream, stream: bool
) -> None:
    fake.next(Answer(text="", reasoning="Let me think.", tool_calls=(ToolUse(name="weather"),)))
    asked = {"messages": HELLO, "tools": [TOOL], "reasoning_effort": "high"}
    ask = streamed if stream else _whole
    said = (await ask(client, model="anthropic/claude-haiku-4-5", **asked)).choices[0].message
    answer = said.model_dump(exclude_none=True, exclude={"parsed"})
    (detail,) = answer["reasoning_details"]
    signature = detail["signature"].removeprefix("chimera.anthropic_messages.")
    assert (detail["text"], detail["format"]) == ("Let me think.", "anthropic-claude-v1")
    result = {"role": "tool", "tool_call_id": answer["tool_calls"][0]["id"], "content": "sunny"}
    loop = asked | {"messages": [*HELLO, answer, result]}

    await client.chat.completions.create(model="anthropic/claude-haiku-4-5", **loop)
    thinking = fake.requests[-1].json["messages"][1]["content"][0]
    assert thinking == {"type": "thinking", "thinking": "Let me think.", "signature": signature}
    for other in ("openai/gpt-5", "openrouter/anthropic/some-model", "gemini/some-model", "deepseek/some-model"):
        await client.chat.completions.create(model=other, **loop)
        assert signature.encode() not in fake.requests[-1].body


async def _whole(client: AsyncOpenAI, **asked: Any) -> Any:
    return await client.chat.completions.create(**asked)


@requirement("embeddings.tokens")
async def test_texts_to_embed_may_come_as_tokens_of_openais(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    tokens = [[15339, 1917], [15339]]
    await client.embeddings.create(model=EMBEDDING, input=tokens)
    assert fake.requests[-1].json["input"] == tokens
    one = await client.embeddings.create(model="lmstudio/text-embedding-nomic-embed-text-v1.5", input=tokens[0])
    assert fake.requests[-1].json["input"] == ["hello world"]
    assert len(one.data) == 1
    with pytest.raises(openai.BadRequestError) as refused:
        await client.embeddings.create(model=EMBEDDING, input=[[2_000_000]])
    assert refused.value.param == "input"


@requirement("embeddings.many")
async def test_more_texts_than_a_provider_takes_are_embedded_in_their_order(
    client: AsyncOpenAI, fake: FakeUpstream
) -> None:
    texts = [f"text number {number}" for number in range(4100)]
    before = len(fake.requests)
    many = await client.embeddings.create(model=EMBEDDING, input=texts)
    assert sorted(len(asked.json["input"]) for asked in fake.requests[before:]) == [4, 2048, 2048]
    assert [one.index for one in many.data] == list(range(4100))
    for place in (0, 2047, 2048, 4099):
        (alone,) = (await client.embeddings.create(model=EMBEDDING, input=texts[place])).data
        assert alone.embedding == many.data[place].embedding
    assert many.usage.total_tokens == 3 * 4100


@requirement("embeddings.many")
async def test_one_batch_that_fails_is_a_failure_of_all(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    model = "openai/fault-context"
    with pytest.raises(openai.BadRequestError) as refused:
        await client.embeddings.create(model=model, input=["a"] * 5000)
    assert refused.value.code == "context_length_exceeded"


@requirement("errors.in_stream")
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.RESET_MIDWAY, Fault.MALFORMED, Fault.ERROR_MIDWAY])
@pytest.mark.parametrize("kind", ["openai", "openrouter", "openai_compatible"])
async def test_a_forwarded_stream_that_breaks_raises_after_what_came(
    client: AsyncOpenAI, fake: FakeUpstream, fault: Fault, kind: str
) -> None:
    fake.say(Answer(text="One two three four.", chunks=4, delay_s=0.01))
    fake.next(fault, flavour=kind)
    asked = {"n": 2} if kind == "openai_compatible" else {}
    stream = await client.chat.completions.create(model=f"{kind}/some-model", messages=HELLO, stream=True, **asked)
    heard: list[Any] = []
    hear = heard.append

    async def listen() -> None:
        async for chunk in stream:
            hear(chunk.choices[0])

    with pytest.raises(openai.APIError):
        await listen()
    assert "One two three four.".startswith("".join(choice.delta.content or "" for choice in heard))
    assert {choice.finish_reason for choice in heard} <= {None}

"""The official `anthropic` SDK against `/v1/messages`, over every kind of provider."""

from collections.abc import AsyncGenerator
from pathlib import Path

import anthropic
import pydantic
import pytest
import pytest_asyncio
from tests.fakes.answer import Answer, Finish, Tokens
from tests.surfaces.anthropic_stage import (
    ALIAS,
    CLAUDE,
    CLOCK,
    EVERY_PROVIDER,
    HELLO,
    MODELS,
    PIXEL,
    TWO_CALLS,
    WEATHER,
    Stage,
    stage,
)
from tests.surfaces.requirements import requirement

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing_stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def on(standing_stage: Stage) -> Stage:
    """The stage, with the upstream echoing again."""
    standing_stage.fake.say(Answer())
    return standing_stage


@requirement("messages.whole")
@EVERY_PROVIDER
async def test_a_whole_message(on: Stage, model: str) -> None:
    on.fake.say(Answer(text="Good morning.", usage=Tokens(input=11, output=4)))
    message = await on.claude.messages.create(model=model, max_tokens=100, messages=HELLO, system="Be kind.")
    assert [block.text for block in message.content] == ["Good morning."]
    assert (message.role, message.stop_reason, message.stop_sequence) == ("assistant", "end_turn", None)
    assert (message.usage.input_tokens, message.usage.output_tokens) == (11, 4)
    assert message.id.startswith("msg_")
    assert b"Be kind." in on.fake.requests[-1].body


@requirement("messages.stream")
@EVERY_PROVIDER
async def test_a_stream_is_put_together_by_the_sdks_helper(on: Stage, model: str) -> None:
    on.fake.say(Answer(text="One two three four five.", chunks=5, usage=Tokens(input=11, output=7)))
    async with on.claude.messages.stream(model=model, max_tokens=100, messages=HELLO) as stream:
        texts = [text async for text in stream.text_stream]
        message = await stream.get_final_message()
    assert "".join(texts) == "One two three four five."
    assert len(texts) == 5
    assert (message.stop_reason, message.usage.input_tokens, message.usage.output_tokens) == ("end_turn", 11, 7)


@requirement("messages.stream.order")
@EVERY_PROVIDER
async def test_a_stream_has_the_events_of_the_book_in_their_order(on: Stage, model: str) -> None:
    on.fake.say(TWO_CALLS)
    stream = await on.claude.messages.create(
        model=model, max_tokens=100, messages=HELLO, tools=[WEATHER, CLOCK], stream=True
    )
    events = [event async for event in stream if event.type != "ping"]
    kinds = [event.type for event in events]
    assert kinds[0] == "message_start"
    assert kinds[-2:] == ["message_delta", "message_stop"]
    assert events[0].message.content == []
    assert events[0].message.usage.input_tokens > 0
    blocks = [event for event in events if event.type == "content_block_start"]
    assert [event.index for event in blocks] == [0, 1, 2]
    assert [event.content_block.type for event in blocks] == ["text", "tool_use", "tool_use"]
    open_block: int | None = None
    for event in events:
        match event.type:
            case "content_block_start":
                assert open_block is None
                open_block = event.index
            case "content_block_delta":
                assert open_block == event.index
            case "content_block_stop":
                assert open_block == event.index
                open_block = None
    assert events[-2].delta.stop_reason == "tool_use"


@requirement("messages.tools.parallel")
@EVERY_PROVIDER
async def test_parallel_tools_whole_and_streamed(on: Stage, model: str) -> None:
    on.fake.say(TWO_CALLS)
    asked = {"model": model, "max_tokens": 100, "messages": HELLO, "tools": [WEATHER, CLOCK]}
    whole = await on.claude.messages.create(**asked)
    async with on.claude.messages.stream(**asked) as stream:
        streamed = await stream.get_final_message()
    for message in (whole, streamed):
        assert [block.type for block in message.content] == ["text", "tool_use", "tool_use"]
        calls = message.content[1:]
        assert [(call.name, call.input) for call in calls] == [("weather", {"city": "Oslo"}), ("clock", {})]
        assert len({call.id for call in calls}) == 2
        assert message.stop_reason == "tool_use"


@requirement("messages.tools.loop")
@EVERY_PROVIDER
async def test_a_tool_loop_is_carried_to_its_end(on: Stage, model: str) -> None:
    on.fake.next(TWO_CALLS, Answer(text="Snow in Oslo."))
    asked = {"model": model, "max_tokens": 100, "tools": [WEATHER, CLOCK]}
    first = await on.claude.messages.create(messages=HELLO, **asked)
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "snow", "is_error": block.name == "clock"}
        for block in first.content
        if block.type == "tool_use"
    ]
    turns = [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    second = await on.claude.messages.create(messages=[*HELLO, *turns], **asked)
    assert second.content[0].text == "Snow in Oslo."
    assert on.fake.requests[-1].body.count(b"snow") == 2


# Ollama knows no choice of tools.
@requirement("messages.tools.choice")
@pytest.mark.parametrize("model", [model for kind, model in MODELS.items() if kind != "ollama"])
@pytest.mark.parametrize(
    ("choice", "called"),
    [({"type": "any"}, ["weather", "clock"]), ({"type": "tool", "name": "clock"}, ["clock"]), ({"type": "none"}, [])],
)
async def test_tools_can_be_demanded_named_and_forbidden(
    on: Stage, model: str, choice: dict[str, str], called: list[str]
) -> None:
    message = await on.claude.messages.create(
        model=model, max_tokens=100, messages=HELLO, tools=[WEATHER, CLOCK], tool_choice=choice
    )
    assert [block.name for block in message.content if block.type == "tool_use"] == called


@requirement("messages.images")
@EVERY_PROVIDER
async def test_an_image_reaches_the_provider(on: Stage, model: str) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "What is this?"}]
    await on.claude.messages.create(model=model, max_tokens=100, messages=[{"role": "user", "content": content}])
    assert PIXEL.encode() in on.fake.requests[-1].body


@requirement("messages.documents")
@EVERY_PROVIDER
async def test_a_text_document_reaches_the_provider(on: Stage, model: str) -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "The moon is made of cheese."}
    content = [
        {"type": "document", "source": source, "title": "Moon", "citations": {"enabled": True}},
        {"type": "text", "text": "What is it made of?"},
    ]
    await on.claude.messages.create(model=model, max_tokens=100, messages=[{"role": "user", "content": content}])
    sent = on.fake.requests[-1].body
    assert b"The moon is made of cheese." in sent or b"VGhlIG1vb24gaXMgbWFkZSBvZiBjaGVlc2Uu" in sent


class City(pydantic.BaseModel):
    name: str
    inhabitants: int


@requirement("messages.schema")
@EVERY_PROVIDER
async def test_an_answer_by_schema(on: Stage, model: str) -> None:
    if model.startswith("deepseek/"):  # knows JSON, but no schema: it is told in the instructions
        on.fake.say(Answer(text='{"name": "Oslo", "inhabitants": 700000}'))
    message = await on.claude.messages.parse(model=model, max_tokens=100, messages=HELLO, output_format=City)
    assert isinstance(message.parsed_output, City)
    assert b"inhabitants" in on.fake.requests[-1].body


# OpenAI's own chat wire never shows reasoning.
@requirement("messages.thinking")
@pytest.mark.parametrize("model", [model for kind, model in MODELS.items() if kind not in {"openai", "azure"}])
async def test_reasoning_comes_as_signed_thinking_and_goes_back(on: Stage, model: str) -> None:
    on.fake.say(Answer(text="42.", reasoning="Let me think.", tool_calls=TWO_CALLS.tool_calls))
    asked = {
        "model": model,
        "max_tokens": 4000,
        "tools": [WEATHER, CLOCK],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }
    whole = await on.claude.messages.create(messages=HELLO, **asked)
    async with on.claude.messages.stream(messages=HELLO, **asked) as stream:
        message = await stream.get_final_message()
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use", "tool_use"]
    assert [block.type for block in whole.content] == [block.type for block in message.content]
    assert message.content[0].thinking == whole.content[0].thinking == "Let me think."
    assert message.content[0].signature == whole.content[0].signature
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "x"}
        for block in message.content
        if block.type == "tool_use"
    ]
    turns = [{"role": "assistant", "content": message.content}, {"role": "user", "content": results}]
    on.fake.say(Answer(text="Done."))
    again = await on.claude.messages.create(messages=[*HELLO, *turns], **asked)
    assert again.content[-1].text == "Done."
    replayed = on.fake.requests[-1].body
    assert b"chimera." not in replayed
    if model.startswith(("anthropic", "deepseek")):
        assert b"Let me think." in replayed
    if model.startswith("gemini"):
        assert b'"thoughtSignature"' in replayed


@requirement("messages.length")
@EVERY_PROVIDER
@pytest.mark.parametrize(("finish", "reason"), [(Finish.LENGTH, "max_tokens"), (Finish.CONTENT_FILTER, "refusal")])
async def test_why_an_answer_stopped_is_told(on: Stage, model: str, finish: Finish, reason: str) -> None:
    on.fake.say(Answer(text="and then", finish=finish))
    message = await on.claude.messages.create(model=model, max_tokens=100, messages=HELLO)
    expected = "end_turn" if (model.startswith("ollama") and reason == "refusal") else reason
    assert message.stop_reason == expected


@requirement("messages.count")
@EVERY_PROVIDER
async def test_tokens_are_counted_by_the_provider_or_by_us(on: Stage, model: str) -> None:
    raw = await on.claude.messages.with_raw_response.count_tokens(
        model=model, messages=HELLO, system="Be kind.", tools=[WEATHER]
    )
    counted = await raw.parse()
    if model.startswith("anthropic/"):
        assert counted.input_tokens == 5
        assert on.fake.requests[-1].path == "/anthropic/v1/messages/count_tokens"
        assert on.fake.requests[-1].json["model"] == "some-model"
    else:
        assert 20 < counted.input_tokens < 80
        assert raw.headers["x-chimera-counted-by"] in {"vocabulary", "estimate"}


@requirement("messages.models")
async def test_models_are_listed_in_pages_and_described(on: Stage) -> None:
    listed = [model async for model in on.claude.models.list(limit=3)]
    assert {model.id.partition("/")[0] for model in listed} == {*MODELS, ALIAS, "auto"}
    assert len({model.id for model in listed}) == len(listed) > 9
    found = await on.claude.models.retrieve(CLAUDE)
    assert (found.id, found.type, found.display_name) == (CLAUDE, "model", "claude-haiku-5-5")
    with pytest.raises(anthropic.NotFoundError):
        await on.claude.models.retrieve("nobody/nothing")


@requirement("messages.beta")
@EVERY_PROVIDER
async def test_the_beta_client_is_served_too(on: Stage, model: str) -> None:
    message = await on.claude.beta.messages.create(
        model=model, max_tokens=100, messages=HELLO, betas=["interleaved-thinking-2025-05-14"]
    )
    assert message.content[0].text == "You said: Hello you there"
    if model.startswith("anthropic/"):
        assert on.fake.requests[-1].headers["anthropic-beta"] == "interleaved-thinking-2025-05-14"


@requirement("messages.prefill")
@EVERY_PROVIDER
async def test_an_answer_can_be_begun_and_instructed_in_between(on: Stage, model: str) -> None:
    turns = [
        *HELLO,
        {"role": "assistant", "content": "Hm."},
        {"role": "user", "content": [{"type": "text", "text": "Go on", "cache_control": {"type": "ephemeral"}}]},
        {"role": "assistant", "content": "The answer is"},
    ]
    system = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    on.fake.say(Answer(text=" 42"))
    message = await on.claude.messages.create(model=model, max_tokens=100, messages=turns, system=system)
    assert message.content[0].text == " 42"
    sent = on.fake.requests[-1].body
    assert sent.index(b"One.")
    assert sent.index(b"Two.")
    assert sent.index(b"The answer is")


@requirement("errors.wrong_key")
async def test_both_ways_to_send_a_key_are_taken_and_wrong_ones_refused(on: Stage) -> None:
    async with anthropic.AsyncAnthropic(base_url=on.chimera.url, auth_token=on.chimera.key, api_key=None) as bearer:
        assert (await bearer.messages.create(model=CLAUDE, max_tokens=9, messages=HELLO)).content
    async with anthropic.AsyncAnthropic(base_url=on.chimera.url, api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(anthropic.AuthenticationError) as refused:
            await stranger.models.list()
    assert refused.value.body["error"]["type"] == "authentication_error"
    assert refused.value.request_id

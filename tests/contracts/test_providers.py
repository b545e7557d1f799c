"""What every provider must do when all goes well. Runs unchanged over each file in `adapters/providers`."""

import json
from types import ModuleType

import pytest
from msgspec.structs import replace
from tests.contracts.providers import (
    KEY,
    MODULES,
    TEMPLATE,
    Kind,
    asking,
    connected,
    every_module,
    every_provider,
    heard,
)
from tests.fakes import FLAVOURS, Answer, FakeUpstream, Finish, Tokens, ToolUse

from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    EmbeddingRequest,
    Finished,
    FinishReason,
    Image,
    JsonSchema,
    Message,
    ModelCard,
    Reasoning,
    Sampling,
    Started,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
    UsageReported,
    fold,
)

PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
WEATHER = Tool(
    name="weather",
    description="Tell the weather",
    parameters='{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
)
# OpenAI keeps the reasoning of its models to itself on this wire.
HIDE_REASONING = {"openai", "azure"}
HAVE_NO_EMBEDDINGS = {"deepseek", "anthropic"}


@every_module
def test_a_module_has_what_the_house_looks_for(module: ModuleType) -> None:
    fields = module.Settings.model_fields
    assert set(module.ENVIRONMENT.values()) <= set(fields)
    assert {"name", "base_url", "api_key", "connect_timeout_s", "idle_timeout_s"} <= set(fields)
    assert all(isinstance(card, ModelCard) for card in module.MODELS)
    assert isinstance(module.enabled(module.Settings()), bool)
    assert callable(module.connect)


@every_provider
def test_key_and_address_have_environment_names(kind: Kind) -> None:
    assert any(name.endswith("_BASE_URL") for name, field in kind.module.ENVIRONMENT.items() if field == "base_url")


@every_provider
def test_names_of_connections_are_those_of_the_files_unless_said_otherwise(kind: Kind) -> None:
    expected = "example" if kind.name == "template" else kind.name
    assert kind.module.Settings().name == expected


@every_provider
async def test_an_answer_streams_between_one_start_and_one_end(kind: Kind) -> None:
    said = Answer(text="Hello, naïve 漢字 🦊 world", chunks=5, usage=Tokens(input=11, output=7))
    async with FakeUpstream(answer=said) as fake, connected(kind, fake) as provider:
        events = await heard(provider, asking(kind))
    assert [type(event) for event in events].count(Started) == 1
    assert isinstance(events[0], Started)
    assert [type(event) for event in events].count(Finished) == 1
    assert events[-1] == Finished(reason=FinishReason.STOP)
    assert any(isinstance(event, UsageReported) for event in events[1:-1])
    assert fold(events).text == said.text
    # What it cost, OpenRouter says of itself.
    assert replace(fold(events).usage, billing=None) == Usage(input_tokens=11, output_tokens=7)


@every_provider
async def test_cached_tokens_are_part_of_the_input(kind: Kind) -> None:
    said = Answer(text="x", usage=Tokens(input=100, output=1, cached=60))
    async with FakeUpstream(answer=said) as fake, connected(kind, fake) as provider:
        usage = fold(await heard(provider, asking(kind))).usage
    assert usage is not None
    assert usage.input_tokens == 100
    # Ollama reuses its cache without saying how much.
    assert usage.cached_tokens == (0 if kind.name == "ollama" else 60)


@every_provider
async def test_parallel_calls_are_numbered_and_come_whole(kind: Kind) -> None:
    uses = (ToolUse(name="weather", arguments='{"city":"Rome"}'), ToolUse(name="weather", arguments='{"city":"Oslo"}'))
    async with FakeUpstream(answer=Answer(text="", tool_calls=uses)) as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, tools=(WEATHER,))))
    calls = [part for part in answer.parts if isinstance(part, ToolCall)]
    assert answer.reason is FinishReason.TOOL_CALLS
    assert [call.name for call in calls] == ["weather", "weather"]
    assert [json.loads(call.arguments) for call in calls] == [{"city": "Rome"}, {"city": "Oslo"}]
    assert len({call.id for call in calls}) == 2
    assert all(call.id for call in calls)


@every_provider
async def test_a_call_without_arguments_has_an_empty_object(kind: Kind) -> None:
    said = Answer(text="", tool_calls=(ToolUse(name="weather", arguments="{}"),))
    async with FakeUpstream(answer=said) as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, tools=(WEATHER,))))
    (call,) = answer.parts
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {}


@every_provider
async def test_a_tool_can_be_forced_and_its_result_sent_back(kind: Kind) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        first = fold(await heard(provider, asking(kind, "Weather?", tools=(WEATHER,), tool_choice="required")))
        calls = [part for part in first.parts if isinstance(part, ToolCall)]
        results = tuple(ToolResult(call_id=call.id, parts=(Text(text="sunny in Rome"),)) for call in calls)
        messages = (
            Message(role="user", parts=(Text(text="Weather?"),)),
            Message(role="assistant", parts=first.parts),
            Message(role="tool", parts=results),
        )
        # Ollama has no word for forcing; it is told what it lost.
        if kind.name != "ollama" or calls:
            assert calls
            second = fold(await heard(provider, asking(kind, tools=(WEATHER,), messages=messages)))
            assert "sunny in Rome" in second.text
        else:
            assert "tool_choice" in first.lost


@every_provider
async def test_a_long_conversation_with_instructions_is_understood(kind: Kind) -> None:
    messages = (
        Message(role="user", parts=(Text(text="One"),)),
        Message(role="assistant", parts=(Text(text="Two"),)),
        Message(role="user", parts=(Text(text="Three"), Text(text="Four"))),
        Message(role="system", parts=(Text(text="Be brief."),)),
        Message(role="user", parts=(Text(text="Five"),)),
    )
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, messages=messages, system=(Text(text="Be kind."),))))
        sent = fake.requests[-1].body.decode()
    assert "Five" in answer.text
    assert all(word in sent for word in ("Be kind.", "One", "Two", "Three", "Four", "Be brief."))


@every_provider
async def test_a_picture_reaches_the_model(kind: Kind) -> None:
    message = Message(role="user", parts=(Text(text="What is this?"), Image(url=PICTURE)))
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, messages=(message,))))
    assert "[1 images: image/png]" in answer.text


@every_provider
async def test_an_answer_obeys_a_schema(kind: Kind) -> None:
    schema = '{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"],"additionalProperties":false}'
    wanted = JsonSchema(name="person", schema=schema, strict=True)
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, response_format=wanted)))
        sent = fake.requests[-1].body.decode()
    assert isinstance(json.loads(answer.text), dict)
    assert "age" in answer.text or ("age" in sent and "response_format" in answer.lost)


@every_provider
async def test_reasoning_is_told_apart_from_the_answer(kind: Kind) -> None:
    said = Answer(text="42", reasoning="Let me think about that.")
    async with FakeUpstream(answer=said) as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind, reasoning=Reasoning(effort="low"))))
    thoughts = "".join(part.text for part in answer.parts if part.__struct_config__.tag == "thinking")
    assert answer.text == "42"
    assert thoughts == ("" if kind.name in HIDE_REASONING else said.reasoning)


@every_provider
@pytest.mark.parametrize(
    ("finish", "reason"), [(Finish.LENGTH, FinishReason.LENGTH), (Finish.CONTENT_FILTER, FinishReason.FILTERED)]
)
async def test_an_early_end_is_told(kind: Kind, finish: Finish, reason: FinishReason) -> None:
    if kind.name == "ollama" and finish is Finish.CONTENT_FILTER:
        pytest.skip("Ollama filters nothing")
    async with FakeUpstream(answer=Answer(text="Hal", finish=finish)) as fake, connected(kind, fake) as provider:
        answer = fold(await heard(provider, asking(kind)))
    assert (answer.text, answer.reason) == ("Hal", reason)


@every_provider
async def test_no_parameter_is_lost_in_silence(kind: Kind) -> None:
    asked = {
        "temperature": 0.3125, "top_p": 0.8125, "top_k": 77, "seed": 424242, "max_output_tokens": 9191,
        "presence_penalty": 0.4375, "frequency_penalty": 0.5625,
    }  # fmt: skip
    request = asking(
        kind,
        sampling=Sampling(**asked, stop=("StopHere",)),
        tools=(WEATHER,),
        parallel_tools=False,
        extra={"novel": "x"},
    )
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        lost = fold(await heard(provider, request)).lost
        sent = fake.requests[-1].body.decode()
    for name, value in asked.items():
        assert (str(value) in sent) != (name in lost), name
    assert ("StopHere" in sent) != ("stop" in lost)
    assert ('"novel":"x"' in sent) != ("extra.novel" in lost)


@every_provider
async def test_the_same_request_is_sent_in_the_same_bytes(kind: Kind) -> None:
    request = asking(
        kind, tools=(WEATHER,), sampling=Sampling(temperature=0.5), extra={"user": "u", "metadata": {"a": 1}}
    )
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        await heard(provider, request)
        await heard(provider, request)
        first, second = fake.requests
    assert first.body == second.body


@every_provider
async def test_a_connection_serves_many_answers_and_no_cookie_comes_along(kind: Kind) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        for _ in range(3):
            await heard(provider, asking(kind))
        assert fake.open_connections == 1
        assert all("cookie" not in received.headers for received in fake.requests)


@every_provider
async def test_what_is_served_is_listed(kind: Kind) -> None:
    options = {"deployments": "gpt-5,text-embedding-3-small"} if kind.name == "azure" else {}
    async with FakeUpstream() as fake, connected(kind, fake, **options) as provider:
        cards = {card.name: card.capabilities for card in await provider.models()}
    assert cards[kind.model].chat
    for name, capabilities in cards.items():
        assert capabilities.embeddings == ("embed" in name)
        assert capabilities.chat != capabilities.embeddings


@every_provider
async def test_texts_become_vectors_in_their_order_or_are_refused_by_name(kind: Kind) -> None:
    model = next((name for name in FLAVOURS[kind.flavour].models if "embed" in name), kind.model)
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        if kind.name in HAVE_NO_EMBEDDINGS:
            with pytest.raises(UnsupportedParameterError):
                await provider.embed(EmbeddingRequest(model=model, texts=("a",)))
            return
        both = await provider.embed(EmbeddingRequest(model=model, texts=("alpha", "omega")))
        one = await provider.embed(EmbeddingRequest(model=model, texts=("omega",), dimensions=None))
    assert len(both.vectors) == 2
    assert both.vectors[0] != both.vectors[1]
    assert both.vectors[1] == one.vectors[0]


@every_provider
async def test_the_key_is_sent_and_shown_nowhere(kind: Kind) -> None:
    async with FakeUpstream(keys={KEY}) as fake, connected(kind, fake) as provider:
        await heard(provider, asking(kind))
        assert any(KEY in value for value in fake.requests[-1].headers.values())
        assert KEY not in repr(provider)
        assert KEY not in fake.requests[-1].path


def test_the_guides_template_takes_under_twenty_lines() -> None:
    code = TEMPLATE.read_text().split('"""', 2)[2]
    assert len([line for line in code.splitlines() if line.strip()]) < 20
    assert "template" in MODULES

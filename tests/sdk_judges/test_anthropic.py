"""The Anthropic SDK judges the fake's Messages API."""

import anthropic
import pydantic
import pytest
from tests.fakes import Answer, FakeUpstream, Fault, Finish, Operation, Tokens, ToolUse
from tests.sdk_judges.conftest import PNG

MODEL = "claude-sonnet-5-5"
QUESTION = [{"role": "user", "content": "hello there"}]
WEATHER = {
    "name": "weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
CALL = {"type": "tool_use", "id": "a", "name": "n", "input": {}}
CLOCK = {"name": "clock", "input_schema": {"type": "object", "properties": {}}}


class City(pydantic.BaseModel):
    name: str
    population: int


async def test_a_plain_message_echoes_and_counts(anthropic_client):
    message = await anthropic_client.messages.create(
        model=MODEL, max_tokens=100, messages=QUESTION, system="be very kind"
    )
    assert message.content[0].text == "You said: hello there"
    assert message.stop_reason == "end_turn"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (5, 4)


async def test_a_stream_is_accepted_by_the_sdks_own_accumulator(anthropic_client, fake):
    fake.say(Answer(text="one two three", chunks=3, reasoning="let me see"))
    async with anthropic_client.messages.stream(model=MODEL, max_tokens=100, messages=QUESTION) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_message()
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert final.content[0].thinking == "let me see"
    assert final.content[0].signature
    assert final.content[1].text == "one two three"
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert final.usage.output_tokens == 6


async def test_a_stream_has_one_start_one_ping_and_cumulative_usage(anthropic_client, fake):
    fake.say(Answer(text="x", usage=Tokens(input=100, output=20, cached=60)))
    stream = await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION, stream=True)
    events = [event async for event in stream]
    assert [event.type for event in events] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    start = events[0].message.usage
    assert (start.input_tokens, start.cache_read_input_tokens, start.output_tokens) == (40, 60, 1)
    assert events[4].usage.output_tokens == 20


async def test_parallel_tools_are_accumulated_from_split_json(anthropic_client, fake):
    calls = (ToolUse(name="weather", arguments='{"city": "Wien"}'), ToolUse(name="clock"))
    fake.say(Answer(text="I look.", tool_calls=calls))
    async with anthropic_client.messages.stream(
        model=MODEL, max_tokens=100, messages=QUESTION, tools=[WEATHER, CLOCK]
    ) as stream:
        final = await stream.get_final_message()
    assert [block.type for block in final.content] == ["text", "tool_use", "tool_use"]
    assert [block.input for block in final.content[1:]] == [{"city": "Wien"}, {}]
    assert final.stop_reason == "tool_use"


async def test_forced_tools_are_called_and_can_be_answered(anthropic_client):
    first = await anthropic_client.messages.create(
        model=MODEL, max_tokens=100, messages=QUESTION, tools=[WEATHER, CLOCK], tool_choice={"type": "any"}
    )
    assert [block.name for block in first.content] == ["weather", "clock"]
    results = [{"type": "tool_result", "tool_use_id": block.id, "content": "sunny"} for block in first.content]
    second = await anthropic_client.messages.create(
        model=MODEL,
        max_tokens=100,
        messages=[*QUESTION, {"role": "assistant", "content": first.content}, {"role": "user", "content": results}],
        tools=[WEATHER, CLOCK],
    )
    assert second.content[0].text == "You said: sunny sunny"


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"role": "user", "content": ""}], "non-empty"),
        ([], "at least one message"),
        (
            [*QUESTION, {"role": "assistant", "content": [CALL]}, *QUESTION],
            "without `tool_result` blocks",
        ),
        ([{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a"}]}], "unexpected `tool_use_id`"),
    ],
)
async def test_what_anthropic_refuses_is_refused(anthropic_client, messages, words):
    with pytest.raises(anthropic.BadRequestError, match=words):
        await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=messages)


async def test_images_are_acknowledged(anthropic_client):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    content = [{"type": "text", "text": "see"}, image, image]
    message = await anthropic_client.messages.create(
        model=MODEL, max_tokens=100, messages=[{"role": "user", "content": content}]
    )
    assert message.content[0].text == "You said: see [2 images: image/png, image/png]"


async def test_a_schema_is_obeyed(anthropic_client):
    message = await anthropic_client.messages.parse(model=MODEL, max_tokens=100, messages=QUESTION, output_format=City)
    assert isinstance(message.parsed_output, City)


async def test_thinking_is_given_if_asked_for(anthropic_client):
    message = await anthropic_client.messages.create(
        model=MODEL, max_tokens=4096, messages=QUESTION, thinking={"type": "enabled", "budget_tokens": 1024}
    )
    assert message.content[0].thinking == "The user said: hello there"


@pytest.mark.parametrize(
    ("finish", "reason"),
    [(Finish.LENGTH, "max_tokens"), (Finish.CONTENT_FILTER, "refusal"), (Finish.STOP, "end_turn")],
)
async def test_stop_reasons_are_anthropics_own(anthropic_client, fake, finish, reason):
    fake.say(Answer(text="x", finish=finish))
    message = await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
    assert message.stop_reason == reason


async def test_tokens_are_counted(anthropic_client):
    counted = await anthropic_client.messages.count_tokens(model=MODEL, messages=QUESTION, system="be kind")
    assert counted.input_tokens == 4


async def test_models_are_listed_page_by_page(anthropic_client, fake):
    names = [model.id async for model in anthropic_client.models.list(limit=2)]
    assert names == ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"]
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("fault", "error", "kind"),
    [
        (Fault.RATE_LIMITED, anthropic.RateLimitError, "rate_limit_error"),
        (Fault.SERVER_ERROR, anthropic.InternalServerError, "api_error"),
        (Fault.UNAVAILABLE, anthropic.InternalServerError, "api_error"),
        (Fault.OVERLOADED, anthropic.InternalServerError, "overloaded_error"),
        (Fault.WRONG_KEY, anthropic.AuthenticationError, "authentication_error"),
        (Fault.FORBIDDEN, anthropic.PermissionDeniedError, "permission_error"),
        (Fault.MODEL_NOT_FOUND, anthropic.NotFoundError, "not_found_error"),
        (Fault.CONTEXT_TOO_LONG, anthropic.BadRequestError, "invalid_request_error"),
        (Fault.QUOTA_EXHAUSTED, anthropic.BadRequestError, "invalid_request_error"),
    ],
)
async def test_refusals_raise_the_sdks_own_class(anthropic_client, fake: FakeUpstream, fault, error, kind):
    fake.next(fault)
    with pytest.raises(error) as raised:
        await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
    assert raised.value.body["error"]["type"] == kind
    assert raised.value.request_id.startswith("req_")


async def test_limits_are_told_in_headers(anthropic_client, fake):
    fake.next(Fault.RATE_LIMITED, Fault.RATE_LIMITED_BARE)
    good = await anthropic_client.models.with_raw_response.list()
    assert good.headers["anthropic-ratelimit-requests-remaining"] == "499"
    assert good.headers["anthropic-ratelimit-tokens-reset"].endswith("Z")
    waits = []
    for _ in range(2):
        with pytest.raises(anthropic.RateLimitError) as raised:
            await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
        waits.append(raised.value.response.headers.get("retry-after"))
    assert waits == ["2", None]


async def test_a_wrong_key_is_refused_for_models_too(fake):
    async with anthropic.AsyncAnthropic(api_key="bad", base_url=fake.base_url("anthropic"), max_retries=0) as client:
        with pytest.raises(anthropic.AuthenticationError):
            await client.models.list()


async def test_an_error_within_a_stream_is_raised_by_the_sdk(anthropic_client, fake):
    fake.next(Fault.ERROR_MIDWAY)
    stream = await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION, stream=True)
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        async for _ in stream:
            pass


async def test_a_script_may_be_for_another_operation(anthropic_client, fake):
    fake.next(Fault.SERVER_ERROR, operation=Operation.COUNT_TOKENS)
    await anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
    with pytest.raises(anthropic.InternalServerError):
        await anthropic_client.messages.count_tokens(model=MODEL, messages=QUESTION)


@pytest.mark.parametrize("fault", [Fault.SPLIT_UTF8, Fault.ODD_FRAMING, Fault.SLOW_HEADERS])
async def test_legal_oddities_change_nothing_for_the_sdk(anthropic_client, fake, fault):
    fake.say(Answer(text="žluťoučký kůň 🐎"))
    fake.next(fault)
    async with anthropic_client.messages.stream(model=MODEL, max_tokens=100, messages=QUESTION) as stream:
        assert await stream.get_final_text() == "žluťoučký kůň 🐎"

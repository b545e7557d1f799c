"""The OpenAI SDK judges the fake's Responses API."""

import openai
import pydantic
import pytest
from tests.fakes import Answer, Fault, Finish, ToolUse
from tests.sdk_judges.conftest import PNG

WEATHER = {
    "type": "function",
    "name": "weather",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


class City(pydantic.BaseModel):
    name: str
    population: int


async def test_a_plain_response_echoes_and_counts(openai_client):
    response = await openai_client.responses.create(model="gpt-5", input="hello there", instructions="be kind")
    assert response.output_text == "You said: hello there"
    assert response.status == "completed"
    assert (response.usage.input_tokens, response.usage.output_tokens) == (4, 4)


async def test_a_stream_is_accepted_by_the_sdks_own_accumulator(openai_client, fake):
    fake.say(Answer(text="one two three", chunks=3, reasoning="hm, let me see"))
    async with openai_client.responses.stream(model="gpt-5", input="hello") as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()
    assert final.output_text == "one two three"
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert final.output[0].summary[0].text == "hm, let me see"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type for event in events]
    assert kinds[:3] == ["response.created", "response.in_progress", "response.output_item.added"]
    assert kinds[-1] == "response.completed"


async def test_parallel_function_calls_come_in_split_arguments(openai_client, fake):
    calls = (
        ToolUse(name="weather", arguments='{"city": "Wien"}'),
        ToolUse(name="weather", arguments='{"city": "Graz"}'),
    )
    fake.say(Answer(text="", tool_calls=calls))
    async with openai_client.responses.stream(model="gpt-5", input="hello", tools=[WEATHER]) as stream:
        deltas = [event.delta async for event in stream if event.type == "response.function_call_arguments.delta"]
        final = await stream.get_final_response()
    assert [item.parsed_arguments for item in final.output] == [{"city": "Wien"}, {"city": "Graz"}]
    assert "".join(deltas) == '{"city": "Wien"}{"city": "Graz"}'
    assert len(deltas) == 6


async def test_a_required_function_is_called_and_can_be_answered(openai_client):
    first = await openai_client.responses.create(model="gpt-5", input="hi", tools=[WEATHER], tool_choice="required")
    call = first.output[0]
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    second = await openai_client.responses.create(
        model="gpt-5", input=[{"role": "user", "content": "hi"}, call.model_dump(exclude_none=True), output]
    )
    assert second.output_text == "You said: sunny"


async def test_an_output_without_its_call_is_refused(openai_client):
    with pytest.raises(openai.BadRequestError, match="No tool call found"):
        await openai_client.responses.create(
            model="gpt-5", input=[{"type": "function_call_output", "call_id": "nobody", "output": "x"}]
        )


async def test_images_and_schemas(openai_client):
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"}
    content = [{"type": "input_text", "text": "see"}, image]
    seen = await openai_client.responses.create(model="gpt-5", input=[{"role": "user", "content": content}])
    assert seen.output_text == "You said: see [1 images: image/png]"
    parsed = await openai_client.responses.parse(model="gpt-5", input="a city", text_format=City)
    assert isinstance(parsed.output_parsed, City)


async def test_a_filtered_answer_is_incomplete(openai_client, fake):
    fake.say(Answer(text="bad", finish=Finish.CONTENT_FILTER))
    response = await openai_client.responses.create(model="gpt-5", input="hi")
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "content_filter")
    stream = await openai_client.responses.create(model="gpt-5", input="hi", stream=True)
    assert [event.type async for event in stream][-1] == "response.incomplete"


async def test_a_missing_end_leaves_the_sdk_without_a_response(openai_client, fake):
    fake.next(Fault.NO_END)
    async with openai_client.responses.stream(model="gpt-5", input="hello") as stream:
        with pytest.raises(RuntimeError, match=r"response\.completed"):
            await stream.get_final_response()


async def test_an_error_within_a_stream_is_an_event_of_its_own(openai_client, fake):
    fake.next(Fault.ERROR_MIDWAY)
    stream = await openai_client.responses.create(model="gpt-5", input="hi", stream=True)
    *before, last = [event async for event in stream]
    assert before[-1].type == "response.output_text.delta"
    assert (last.type, last.code) == ("error", "server_error")

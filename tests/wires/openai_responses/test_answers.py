"""What a client of the Responses API gets: streams in order, whole responses, failures."""

import json
from itertools import cycle
from typing import Any

import msgspec
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import Response
from tests.wires.openai_responses.conversations import answers
from tests.wires.openai_responses.talk import ECHO, accumulated, frames, head, judged, written
from tests.wires.partitions import SIZES

from chimera.llm import (
    Citation,
    Cited,
    ContextTooLongError,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    ProviderRateLimitError,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires.openai_chat import encode_error
from chimera.wires.openai_responses import StreamEncoder, answered, encode_response, response_object
from chimera.wires.openai_responses.tools import Form

USAGE = Usage(input_tokens=5, output_tokens=3, cached_tokens=4, reasoning_tokens=1)
ANSWER: list[Event] = [
    Started(id="up", model="up"),
    ThinkingDelta(text="Hm, "),
    ThinkingDelta(text="well"),
    ThinkingDelta(signature="proof", origin="anthropic_messages"),
    TextDelta(text='"\u2028\n'),
    TextDelta(text="Rome"),
    Cited(citation=Citation(url="https://example.com", title="E", start=0, end=3)),
    TextDelta(text="Another part", starts_part=True),
    ToolCallDelta(index=0, id="a", name="f", arguments="{"),
    ToolCallDelta(index=1, id="b", name="g"),
    ToolCallDelta(index=0, arguments="}"),
    UsageReported(usage=USAGE),
    Finished(reason=FinishReason.TOOL_CALLS),
]


@settings(max_examples=60)
@given(answers())
def test_every_stream_keeps_the_order_and_says_nothing_that_the_official_sdk_does_not_know(events: list[Event]) -> None:
    judged(frames(written(events)))


async def test_the_official_sdk_hears_thoughts_texts_and_calls() -> None:
    response = await accumulated(written(ANSWER))
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call", "function_call"]
    assert response.output[0].summary[0].text == "Hm, well"
    assert response.output_text == '"\u2028\nRomeAnother part'
    assert response.output[1].content[0].annotations[0].url == "https://example.com"
    assert [(call.call_id, call.name, call.arguments) for call in response.output[2:]] == [
        ("a", "f", "{}"),
        ("b", "g", ""),
    ]
    assert (response.usage.input_tokens, response.usage.input_tokens_details.cached_tokens) == (5, 4)


def test_calls_that_are_written_at_a_time_are_two() -> None:
    told = frames(written(ANSWER))
    judged(told)
    pieces = [event for event in told if event["type"] == "response.function_call_arguments.delta"]
    assert [(piece["output_index"], piece["delta"]) for piece in pieces] == [(2, "{"), (2, "}")]


@pytest.mark.parametrize(
    ("reason", "status", "why"),
    [
        (FinishReason.STOP, "completed", None),
        (FinishReason.TOOL_CALLS, "completed", None),
        (FinishReason.PAUSED, "completed", None),
        (FinishReason.LENGTH, "incomplete", "max_output_tokens"),
        (FinishReason.FILTERED, "incomplete", "content_filter"),
    ],
)
def test_the_last_event_says_how_it_ended(reason: FinishReason, status: str, why: str | None) -> None:
    events: list[Event] = [Started(id="up", model="up"), TextDelta(text="Hi"), Finished(reason=reason)]
    last = frames(written(events))[-1]
    whole = answered(head(), fold(events))
    for response in (last["response"], whole):
        assert response["status"] == status
        assert response["incomplete_details"] == ({"reason": why} if why else None)
        assert (response["completed_at"] is not None) == (status == "completed")
        assert response["output"][0]["status"] == status
    assert last["type"] == f"response.{status}"


@pytest.mark.parametrize("response", [answered(head(), fold(ANSWER)), response_object(head(), None, "queued")])
def test_a_response_has_all_that_the_specification_requires(response: dict[str, Any]) -> None:
    Response.model_validate(msgspec.json.decode(encode_response(response)), strict=True)
    required = {
        "id", "object", "created_at", "completed_at", "status", "incomplete_details", "model", "previous_response_id",
        "instructions", "output", "error", "tools", "tool_choice", "truncation", "parallel_tool_calls", "text", "top_p",
        "presence_penalty", "frequency_penalty", "top_logprobs", "temperature", "reasoning", "usage",
        "max_output_tokens", "max_tool_calls", "store", "background", "service_tier", "metadata", "safety_identifier",
        "prompt_cache_key", "user",
    }  # fmt: skip
    assert required <= response.keys()


def test_a_custom_tool_is_called_with_its_free_text() -> None:
    forms = {
        "apply_patch": Form(name="apply_patch", custom=True),
        "mcp__docs__search": Form(name="search", namespace="mcp__docs"),
    }
    events: list[Event] = [
        Started(id="up", model="up"),
        ToolCallDelta(index=0, id="a", name="apply_patch", arguments='{"inp'),
        ToolCallDelta(index=0, arguments='ut":"*** Begin\\n"}'),
        ToolCallDelta(index=1, id="b", name="mcp__docs__search", arguments="{}"),
        Finished(reason=FinishReason.TOOL_CALLS),
    ]
    told = frames(written(events, to=head(forms)))
    judged(told)
    assert [event for event in told if "arguments" in event["type"] and event["output_index"] == 0] == []
    assert deltas_of(told) == ["*** Begin\n"]
    for patch, search in (told[-1]["response"]["output"], answered(head(forms), fold(events))["output"]):
        assert (patch["type"], patch["name"], patch["input"]) == ("custom_tool_call", "apply_patch", "*** Begin\n")
        assert (search["type"], search["namespace"], search["name"]) == ("function_call", "mcp__docs", "search")


@settings(max_examples=100)
@given(text=st.text(st.characters(exclude_categories=["Cs"])), ascii=st.booleans(), sizes=SIZES)
def test_the_text_for_a_custom_tool_is_told_while_it_is_written(text: str, ascii: bool, sizes: list[int]) -> None:
    arguments = json.dumps({"input": text}, ensure_ascii=ascii, indent=1 if ascii else None)
    steps, pieces = cycle(sizes), list[str]()
    while arguments:
        size = next(steps)
        pieces.append(arguments[:size])
        arguments = arguments[size:]
    begun: list[Event] = [Started(id="up", model="up"), ToolCallDelta(index=0, id="a", name="f")]
    written_out = [ToolCallDelta(index=0, arguments=piece) for piece in pieces]
    to = head({"f": Form(name="f", custom=True)})
    told = frames(written([*begun, *written_out, Finished(reason=FinishReason.TOOL_CALLS)], to=to))
    judged(told)
    assert "".join(deltas_of(told)) == text
    assert told[-1]["response"]["output"][0]["input"] == text
    if len(text) > 1 and sizes == [1]:
        assert len(deltas_of(told)) > 1


def test_what_was_written_of_a_text_that_was_cut_is_its_input() -> None:
    events: list[Event] = [
        Started(id="up", model="up"),
        ToolCallDelta(index=0, id="a", name="f", arguments='{"input":"*** Be'),
        ToolCallDelta(index=0, arguments="gin \\ud83d"),
        Finished(reason=FinishReason.LENGTH),
    ]
    to = head({"f": Form(name="f", custom=True)})
    told = frames(written(events, to=to))
    assert "".join(deltas_of(told)) == "*** Begin "
    for response in (told[-1]["response"], answered(to, fold(events))):
        assert response["output"][0]["input"] == "*** Begin "
        assert response["output"][0]["status"] == "incomplete"


def deltas_of(told: list[dict[str, Any]]) -> list[str]:
    return [event["delta"] for event in told if event["type"] == "response.custom_tool_call_input.delta"]


@pytest.mark.parametrize("arguments", ["{broken", '{"other":1}', '"text"', ""])
def test_what_a_model_writes_wrongly_to_a_custom_tool_reaches_it_as_it_is(arguments: str) -> None:
    forms = {"f": Form(name="f", custom=True)}
    call = ToolCallDelta(index=0, id="a", name="f", arguments=arguments)
    item = answered(head(forms), fold([Started(id="", model=""), call]))["output"][0]
    assert item["input"] == ("text" if arguments == '"text"' else arguments)


def test_the_signature_of_a_call_travels_in_its_id() -> None:
    call = ToolCallDelta(index=0, id="a", name="f", arguments="{}", signature="proof")
    item = answered(head(), fold([Started(id="", model=""), call]))["output"][0]
    assert item["call_id"].startswith("a__sig__")


async def test_a_failure_ends_the_stream_and_the_official_sdk_raises_it() -> None:
    encoder = StreamEncoder(head())
    body = b"".join(encoder.encode(event) for event in ANSWER[:5])
    body += encoder.error(encode_error(ProviderRateLimitError("Slow down.", provider="p")))
    told = frames(body)
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert [event["type"] for event in told[-2:]] == ["error", "response.failed"]
    response = told[-1]["response"]
    assert (response["status"], response["error"]["code"]) == ("failed", "rate_limit_exceeded")
    assert response["output"][-1]["status"] == "in_progress"
    assert encoder.response["status"] == "failed"
    with pytest.raises(openai.APIError, match="Slow down"):
        await accumulated(body)


def test_a_context_that_is_too_long_is_named_as_agents_know_it() -> None:
    body = encode_error(ContextTooLongError("Too long.", provider="p"))
    told = frames(StreamEncoder(head()).error(body))
    assert told[-1]["response"]["error"]["code"] == "context_length_exceeded"


def test_frames_that_are_passed_on_are_read_beside() -> None:
    """Their last response is the one to keep, and an error after them is numbered on."""
    passed = written(ANSWER)
    encoder = StreamEncoder(head())
    assert encoder.encode(Forwarded(data=passed)) == passed
    assert encoder.response == frames(passed)[-1]["response"]
    cut = passed[: passed.index(b"event: response.output_text.done")]
    encoder = StreamEncoder(head())
    encoder.encode(Forwarded(data=cut))
    failed = frames(encoder.error(encode_error(ProviderRateLimitError("Slow down.", provider="p"))))
    assert failed[0]["sequence_number"] == len(frames(cut))


def test_an_answer_repeats_what_was_asked() -> None:
    assert answered(head(), fold(ANSWER)).items() >= ECHO.items()

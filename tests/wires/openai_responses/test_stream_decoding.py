"""Streams of providers, as careful and as careless as they come, as our events."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wires.decoding import decode, heard_before_breaking, spoilt, sse, survives
from tests.wires.openai_responses.upstream import CALL, CREATED, MESSAGE, REASONING, TALK, delta, ended, item
from tests.wires.partitions import SIZES, cut

from chimera.llm import (
    Cited,
    Finished,
    FinishReason,
    ProviderRateLimitError,
    Started,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.openai_responses import WIRE, decode_answer, stream_decoder

USAGE = UsageReported(usage=Usage(input_tokens=9, output_tokens=3, cached_tokens=4, reasoning_tokens=2))


def test_what_was_not_streamed_is_heard_when_its_item_is_done() -> None:
    """LM Studio and others send arguments in `.done` alone, and some send no deltas at all."""
    body = sse(
        CREATED,
        item("added", {**CALL, "arguments": ""}),
        {"type": "response.function_call_arguments.done", "output_index": 0, "arguments": '{"x":1}'},
        item("done", CALL),
        item("done", MESSAGE, 1),
        item("done", REASONING, 2),
        ended(CALL, MESSAGE, REASONING),
    )
    answer = fold(decode(stream_decoder(), body))
    text, thinking, call = answer.parts
    assert thinking == Thinking(text="Hm\n\nWell", signature="e", origin=WIRE, id="rs_1")
    assert (answer.text, text.citations[0].url) == ("Hi", "u")  # type: ignore[union-attr]  # the first part is text
    assert call == ToolCall(id="a", name="f", arguments='{"x":1}')


def test_an_answer_that_is_only_in_its_last_event_is_heard() -> None:
    events = decode(stream_decoder(), sse(CREATED, ended(MESSAGE, CALL)))
    assert fold(events).parts[-1] == ToolCall(id="a", name="f", arguments='{"x":1}')
    assert events[-1] == Finished(reason=FinishReason.TOOL_CALLS)


def test_nothing_is_heard_twice() -> None:
    events = decode(
        stream_decoder(("seed",)),
        sse(
            CREATED,
            {**CREATED, "type": "response.in_progress"},
            delta("reasoning_summary_text", "Hm", item_id="rs_1", output_index=0, summary_index=0),
            delta("reasoning_summary_text", "Well", item_id="rs_1", output_index=0, summary_index=1),
            item("done", REASONING),
            item("added", MESSAGE, 1),
            delta("output_text", "H", output_index=1, content_index=0),
            delta("output_text", "i", output_index=1, content_index=0),
            {
                "type": "response.output_text.annotation.added",
                "output_index": 1,
                "content_index": 0,
                "annotation": {"type": "url_citation", "url": "u"},
            },
            {"type": "response.content_part.done", "output_index": 1, "part": MESSAGE["content"][0]},  # type: ignore[index]  # a list
            item("done", MESSAGE, 1),
            item("added", {**CALL, "arguments": ""}, 2),
            delta("function_call_arguments", '{"x":1}', output_index=2),
            item("done", CALL, 2),
            ended(REASONING, MESSAGE, CALL),
            {"type": "response.unheard_of", "delta": {"a": 1}, "output_index": 7},
        ),
    )
    first, *others = events
    assert first == Started(id="resp_1", model="m", lost=("seed",))
    assert [event for event in others if not isinstance(event, Cited)] == [
        ThinkingDelta(text="Hm", origin=WIRE, id="rs_1"),
        ThinkingDelta(text="\n\nWell", origin=WIRE, id="rs_1"),
        ThinkingDelta(signature="e", origin=WIRE, id="rs_1"),
        TextDelta(text="H"),
        TextDelta(text="i"),
        ToolCallDelta(index=0, id="a", name="f"),
        ToolCallDelta(index=0, arguments='{"x":1}'),
        USAGE,
        Finished(reason=FinishReason.TOOL_CALLS),
    ]
    assert sum(isinstance(event, Cited) for event in events) == 1


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ({"reason": "max_output_tokens"}, FinishReason.LENGTH),
        ({"reason": "content_filter"}, FinishReason.FILTERED),
        (None, FinishReason.LENGTH),
    ],
)
def test_an_incomplete_answer_says_why(why: object, reason: FinishReason) -> None:
    end = ended(MESSAGE, status="incomplete", incomplete_details=why)
    assert decode(stream_decoder(), sse(CREATED, end))[-1] == Finished(reason=reason)
    assert decode_answer(msgspec.json.encode(end["response"]))[-1] == Finished(reason=reason)


@pytest.mark.parametrize(
    "failure",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down", "param": None},
        {"type": "error", "error": {"type": "rate_limit_exceeded", "message": "Slow down"}},
        ended(status="failed", error={"code": "rate_limit_exceeded", "message": "Slow down"}),
    ],
)
def test_a_failure_within_the_stream_is_the_providers(failure: dict[str, object]) -> None:
    decoder = stream_decoder()
    with pytest.raises(StreamFailure) as broken:
        decoder.feed(sse(CREATED, delta("output_text", "H", output_index=0), failure))
    assert broken.value.failure.error is ProviderRateLimitError
    assert "Slow down" in broken.value.failure.message
    assert [type(event) for event in broken.value.heard] == [Started, TextDelta]


def test_a_failure_that_comes_whole_is_the_providers() -> None:
    for body in (ended(status="failed", error={"code": "server_error", "message": "No"})["response"], {"error": {}}):
        with pytest.raises((StreamFailure, WireError)):
            decode_answer(msgspec.json.encode(body))


@pytest.mark.parametrize(
    "body",
    [
        sse(CREATED, delta("output_text", "H", output_index=0)),
        sse(CREATED) + b'data: {"type":"response.comp',
        b"<html>",
        sse(CREATED) + b"data: {broken\n\n",
        sse(CREATED, delta("function_call_arguments", "{}", output_index=0)),
    ],
)
def test_what_is_cut_or_no_answer_is_an_error(body: bytes) -> None:
    heard = heard_before_breaking(stream_decoder(), body)
    assert not any(isinstance(event, Finished) for event in heard)


def test_an_answer_without_an_opening_begins_all_the_same() -> None:
    events = decode(stream_decoder(), sse(delta("output_text", "Hi", output_index=0), ended(MESSAGE)))
    assert isinstance(events[0], Started)


@settings(max_examples=150)
@given(body=spoilt(TALK) | st.binary(max_size=60), sizes=SIZES)
def test_no_bytes_do_more_than_break_the_answer(body: bytes, sizes: list[int]) -> None:
    survives(stream_decoder(), cut(body, sizes))

"""Anthropic's event stream becomes ours, whatever the network does to it."""

import pytest
from tests.wires.anthropic_messages.talk import START, STOP, TALK, closed, delta, ended, opened
from tests.wires.decoding import calls, decode, sse

from chimera.llm import (
    Finished,
    FinishReason,
    ProviderOverloadError,
    ProviderQuotaError,
    Started,
    Text,
    Thinking,
    ToolCall,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires.anthropic_messages import stream_decoder
from chimera.wires.failure import StreamFailure, WireError


def test_a_whole_answer_is_heard_with_thinking_text_and_parallel_calls() -> None:
    events = decode(stream_decoder(("seed",)), TALK)
    answer = fold(events)
    assert events[0] == Started(id="msg_1", model="claude-opus-5-5", lost=("seed",))
    assert answer.parts == (
        Thinking(text="Let me see 🦊.", signature="EqQB", origin="anthropic_messages"),
        Text(text="Looking outside 漢字."),
        ToolCall(id="toolu_a", name="get_weather", arguments='{"city": "Rome"}'),
        ToolCall(id="toolu_b", name="get_time", arguments="{}"),
    )
    assert answer.reason is FinishReason.TOOL_CALLS


def test_crlf_and_comments_do_not_matter() -> None:
    odd = TALK.replace(b"\n", b"\r\n").replace(b"event: ping", b": keep-alive\r\nevent: ping")
    assert decode(stream_decoder(), odd, 1) == decode(stream_decoder(), TALK)


def test_input_counts_what_came_from_and_went_to_the_cache() -> None:
    answer = fold(decode(stream_decoder(), TALK))
    assert answer.usage == Usage(
        input_tokens=1110, output_tokens=25, cached_tokens=1000, cache_write_tokens=100, reasoning_tokens=7
    )


def test_input_tokens_are_reported_before_the_first_word_for_those_who_leave_early() -> None:
    events = stream_decoder().feed(sse(START))
    assert [type(event) for event in events] == [Started, UsageReported]


def test_usage_at_the_end_is_cumulative_and_its_nulls_change_nothing() -> None:
    body = sse(START, ended("end_turn", input_tokens=12, cache_read_input_tokens=None), STOP)
    usage = fold(decode(stream_decoder(), body)).usage
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens) == (1112, 1000)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("pause_turn", FinishReason.PAUSED),
        ("something_new", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("tool_use", FinishReason.TOOL_CALLS),
        ("refusal", FinishReason.FILTERED),
    ],
)
def test_every_stop_reason_has_its_meaning(told: str, meant: FinishReason) -> None:
    assert fold(decode(stream_decoder(), sse(START, ended(told), STOP))).reason is meant


def test_the_stop_sequence_is_told() -> None:
    end = {"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "###"}}
    assert decode(stream_decoder(), sse(START, end, STOP))[-1] == Finished(
        reason=FinishReason.STOP, stop_sequence="###"
    )


def test_calls_win_over_an_end_of_turn_but_not_over_a_limit() -> None:
    call = (opened(0, type="tool_use", id="a", name="f", input={}), closed(0))
    assert fold(decode(stream_decoder(), sse(START, *call, ended("end_turn"), STOP))).reason is FinishReason.TOOL_CALLS
    assert fold(decode(stream_decoder(), sse(START, *call, ended("max_tokens"), STOP))).reason is FinishReason.LENGTH


def test_arguments_that_come_whole_with_the_block_are_kept() -> None:
    body = sse(START, opened(0, type="tool_use", id="a", name="f", input={"x": 1}), closed(0), ended("tool_use"), STOP)
    assert "".join(call.arguments for call in calls(decode(stream_decoder(), body))) == '{"x":1}'


def test_redacted_and_hidden_thinking_keep_their_signatures() -> None:
    body = sse(
        START,
        opened(0, type="redacted_thinking", data="Enc0"),
        closed(0),
        opened(1, type="thinking", thinking="", signature=""),
        delta(1, type="signature_delta", signature="EqQB"),
        closed(1),
        ended("end_turn"),
        STOP,
    )
    assert fold(decode(stream_decoder(), body)).parts == (
        Thinking(text="", signature="Enc0", origin="anthropic_messages", redacted=True),
        Thinking(text="", signature="EqQB", origin="anthropic_messages"),
    )


def test_unknown_events_blocks_and_deltas_are_passed_over() -> None:
    body = sse(
        START,
        {"type": "weather_report", "content": 1},
        opened(0, type="server_tool_use", id="s", name="web_search", input={}),
        delta(0, type="input_json_delta", partial_json="{}"),
        closed(0),
        ended("end_turn"),
        STOP,
    )
    answer = fold(decode(stream_decoder(), body))
    assert (answer.parts, answer.reason) == ((), FinishReason.STOP)


def test_a_missing_last_event_after_the_stop_reason_is_forgiven() -> None:
    answer = fold(decode(stream_decoder(), sse(START, ended("end_turn"))))
    assert answer.reason is FinishReason.STOP


@pytest.mark.parametrize(
    "body",
    [
        b'data: {"type": "content_blo\n\n',
        b"data: [DONE]\n\n",
        sse(delta(0, type="text_delta", text="too early")),
        sse(START, STOP),
    ],
)
def test_what_is_not_this_wire_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        stream_decoder().feed(body)


@pytest.mark.parametrize(
    ("kind", "message", "meant"),
    [
        ("overloaded_error", "Overloaded", ProviderOverloadError),
        ("invalid_request_error", "Your credit balance is too low", ProviderQuotaError),
        ("brand_new_error", "Oh", ProviderOverloadError),
    ],
)
def test_an_error_inside_the_stream_is_a_failure_of_its_kind(kind: str, message: str, meant: type) -> None:
    decoder = stream_decoder()
    decoder.feed(sse(START))
    with pytest.raises(StreamFailure) as failed:
        decoder.feed(sse({"type": "error", "error": {"type": kind, "message": message}}))
    assert failed.value.failure.error is meant
    assert failed.value.failure.message == message

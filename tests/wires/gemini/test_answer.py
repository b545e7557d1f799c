"""Gemini's stream becomes ours, whatever the network does to it."""

import pytest
from tests.wires.decoding import calls, decode, sse
from tests.wires.gemini.talk import TALK, said

from chimera.llm import (
    ContentFilteredError,
    FinishReason,
    ProviderAnswerError,
    ProviderOverloadError,
    Started,
    Text,
    Thinking,
    ToolCall,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.gemini import stream_decoder


def test_a_whole_answer_is_heard_with_thoughts_text_signatures_and_parallel_calls() -> None:
    events = decode(stream_decoder(("seed",)), TALK)
    answer = fold(events)
    assert events[0] == Started(id="r/1", model="gemini-3.5-flash", lost=("seed",))
    assert answer.parts == (
        Thinking(text="I should look 🦊.", origin="gemini"),
        Text(text="Looking outside 漢字."),
        Thinking(text="", signature="Sig0", origin="gemini"),
        ToolCall(id="call_r_1_0", name="get_weather", arguments='{"city":"Rome"}', signature="Sig1"),
        ToolCall(id="call_r_1_1", name="get_weather", arguments='{"city":"Oslo"}'),
        ToolCall(id="fc_9", name="get_time", arguments="{}"),
    )
    assert answer.reason is FinishReason.TOOL_CALLS


def test_thoughts_are_counted_beside_the_candidates_and_cached_tokens_within_the_prompt() -> None:
    assert fold(decode(stream_decoder(), TALK)).usage == Usage(
        input_tokens=105, output_tokens=50, cached_tokens=64, reasoning_tokens=30
    )


def test_input_tokens_are_reported_at_once_and_not_with_every_chunk() -> None:
    events = decode(stream_decoder(), TALK)
    assert [index for index, event in enumerate(events) if isinstance(event, UsageReported)] == [1, len(events) - 2]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("STOP", FinishReason.STOP),
        ("SOMETHING_NEW", FinishReason.STOP),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("SAFETY", FinishReason.FILTERED),
        ("RECITATION", FinishReason.FILTERED),
        ("PROHIBITED_CONTENT", FinishReason.FILTERED),
        ("BLOCKLIST", FinishReason.FILTERED),
        ("SPII", FinishReason.FILTERED),
    ],
)
def test_every_finish_reason_has_its_meaning(told: str, meant: FinishReason) -> None:
    assert fold(decode(stream_decoder(), sse(said({"text": "a"}, finish=told)))).reason is meant


def test_a_finish_reason_in_every_chunk_ends_nothing_early() -> None:
    answer = fold(decode(stream_decoder(), sse(said({"text": "a"}, finish="STOP"), said({"text": "b"}, finish="STOP"))))
    assert answer.text == "ab"


def test_a_filtered_candidate_without_content_is_a_filtered_answer() -> None:
    body = sse({"candidates": [{"finishReason": "SAFETY", "index": 0}], "usageMetadata": {"promptTokenCount": 3}})
    answer = fold(decode(stream_decoder(model="asked"), body))
    assert (answer.reason, answer.parts, answer.model) == (FinishReason.FILTERED, (), "asked")


def test_a_blocked_prompt_is_a_failure_before_anything_is_said() -> None:
    blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 3}}
    with pytest.raises(StreamFailure) as failed:
        stream_decoder().feed(sse(blocked))
    assert (failed.value.failure.error, failed.value.failure.code) == (ContentFilteredError, "PROHIBITED_CONTENT")


@pytest.mark.parametrize("reason", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE"])
def test_a_call_that_gemini_could_not_write_is_a_failure(reason: str) -> None:
    body = sse({"candidates": [{"finishReason": reason, "finishMessage": "Malformed call: f(", "index": 0}]})
    with pytest.raises(StreamFailure) as failed:
        stream_decoder().feed(body)
    assert (failed.value.failure.error, failed.value.failure.code) == (ProviderAnswerError, reason)


def test_made_ids_are_the_same_at_every_decoding_and_differ_between_answers() -> None:
    first, again = (calls(decode(stream_decoder(), TALK))[0].id for _ in range(2))
    other = calls(decode(stream_decoder(), TALK.replace(b"r/1", b"r/2")))[0].id
    assert first == again != other


def test_empty_candidates_and_other_candidates_are_passed_over() -> None:
    second = {"content": {"parts": [{"text": "no"}]}, "index": 1, "finishReason": "STOP"}
    body = sse(
        {"candidates": [], "usageMetadata": {"promptTokenCount": 3}},
        {"usageMetadata": {"promptTokenCount": 3}},
        {"candidates": [second]},
        said({"text": "yes"}, {"executableCode": {"code": "1"}}, finish="STOP"),
    )
    assert fold(decode(stream_decoder(), body)).text == "yes"


def test_an_error_inside_the_stream_is_a_failure_of_its_kind() -> None:
    decoder = stream_decoder()
    decoder.feed(sse(said({"text": "a"})))
    error = {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}
    with pytest.raises(StreamFailure) as failed:
        decoder.feed(sse({"error": error}))
    assert failed.value.failure.error is ProviderOverloadError


@pytest.mark.parametrize("body", [b'data: {"candidates": [\n\n', b"data: []\n\n", b'data: {"candidates": {}}\n\n'])
def test_what_is_not_this_wire_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        stream_decoder().feed(body)

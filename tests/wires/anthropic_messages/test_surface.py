"""Our answers as Anthropic's clients read them, where the providers of other wires are odd."""

import json
from typing import Any

import pytest

from chimera.kit.errors import BodyTooLargeError
from chimera.llm import (
    Answer,
    Citation,
    Cited,
    ContextTooLongError,
    Event,
    Finished,
    FinishReason,
    ProviderAnswerError,
    ProviderOverloadError,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires.anthropic_messages import StreamEncoder, decode_request, encode_answer, encode_error

END = Finished(reason=FinishReason.STOP)


def spoken(*events: Event) -> list[dict[str, Any]]:
    """What a client hears, without `ping`."""
    encoder = StreamEncoder("msg_1", "m", input_tokens=lambda: 7)
    begun = Started(id="x", model="m")
    frames = b"".join(encoder.encode(event) for event in (begun, *events)).decode().split("\n\n")[:-1]
    told = [json.loads(frame.partition("data: ")[2]) for frame in frames]
    return [payload for payload in told if payload["type"] != "ping"]


def blocks(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [payload["content_block"] for payload in told if payload["type"] == "content_block_start"]


def deltas(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [payload["delta"] for payload in told if payload["type"] == "content_block_delta"]


def whole(*events: Event) -> dict[str, Any]:
    answer: Answer = fold([Started(id="x", model="m"), *events])
    message: dict[str, Any] = json.loads(encode_answer(answer, id="msg_1", model="m", input_tokens=7))
    return message


def test_the_prompt_is_counted_at_the_start_by_the_provider_or_else_by_us() -> None:
    told = spoken(UsageReported(usage=Usage(input_tokens=90, cached_tokens=40)), TextDelta(text="Hi"), END)
    reckoned = spoken(TextDelta(text="Hi"), UsageReported(usage=Usage(input_tokens=9, output_tokens=3)), END)
    assert told[0]["message"]["usage"]["input_tokens"] == 50
    assert told[0]["message"]["usage"]["cache_read_input_tokens"] == 40
    assert reckoned[0]["message"]["usage"]["input_tokens"] == 7
    assert (reckoned[-2]["usage"]["input_tokens"], reckoned[-2]["usage"]["output_tokens"]) == (9, 3)


def test_calls_that_are_told_in_turns_are_written_one_after_another() -> None:
    told = spoken(
        ToolCallDelta(index=0, id="a", name="f"),
        ToolCallDelta(index=1, id="b", name="g", arguments='{"y":'),
        ToolCallDelta(index=0, arguments='{"x":1}'),
        ToolCallDelta(index=1, arguments="2}"),
        ToolCallDelta(index=2, id="c", name="h"),
        END,
    )
    assert [block["id"] for block in blocks(told)] == ["a", "b", "c"]
    assert [delta["partial_json"] for delta in deltas(told)] == ['{"x":1}', '{"y":2}', "{}"]


def test_a_call_that_goes_on_after_it_was_closed_is_an_error_and_never_half_told() -> None:
    with pytest.raises(ProviderAnswerError):
        spoken(
            ToolCallDelta(index=0, id="a", name="f"), TextDelta(text="Oh."), ToolCallDelta(index=0, arguments="{}"), END
        )


def test_unsigned_reasoning_is_sealed_so_that_anthropic_never_takes_it_for_its_own() -> None:
    told = spoken(ThinkingDelta(text="Hm."), TextDelta(text="Yes."), END)
    assert [block["type"] for block in blocks(told)] == ["thinking", "text"]
    assert [delta["type"] for delta in deltas(told)] == ["thinking_delta", "signature_delta", "text_delta"]
    signature = deltas(told)[1]["signature"]
    assert signature == whole(ThinkingDelta(text="Hm."), END)["content"][0]["signature"]
    body = {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": signature}]}
        ],
    }
    [part] = decode_request(json.dumps(body).encode()).request.messages[0].parts
    assert (part.text, part.signature, part.origin) == ("Hm.", None, None)


def test_a_signature_on_a_call_travels_in_its_id_and_comes_back() -> None:
    told = spoken(ToolCallDelta(index=0, id="call_1", name="f", arguments="{}", signature="sig/+="), END)
    call = {"type": "tool_use", "id": blocks(told)[0]["id"], "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "ok"}
    body = {
        "model": "m",
        "messages": [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}],
    }
    called, answered = (message.parts[0] for message in decode_request(json.dumps(body).encode()).request.messages)
    assert (called.id, called.signature, answered.call_id) == ("call_1", "sig/+=", "call_1")


def test_citations_of_others_are_shown_as_found_on_the_web_and_come_back_as_theirs() -> None:
    found = Citation(url="https://example.com", title="Moon", quote="Cheese.", source='{"a":1}', origin="gemini")
    told = spoken(TextDelta(text="Cheese."), Cited(citation=found), END)
    citation = deltas(told)[1]["citation"]
    assert (citation["type"], citation["url"]) == ("web_search_result_location", "https://example.com")
    said = {"type": "text", "text": "Cheese.", "citations": [citation]}
    body = {"model": "m", "messages": [{"role": "assistant", "content": [said]}]}
    [part] = decode_request(json.dumps(body).encode()).request.messages[0].parts
    assert part.citations == (found,)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ((TextDelta(text="x"), END), "end_turn"),
        ((TextDelta(text="No.", refusal=True), END), "refusal"),
        ((TextDelta(text="x"), Finished(reason=FinishReason.STOP, stop_sequence="###")), "stop_sequence"),
        ((TextDelta(text="x"), Finished(reason=FinishReason.PAUSED)), "pause_turn"),
        ((TextDelta(text="x"), Finished(reason=FinishReason.LENGTH)), "max_tokens"),
        ((TextDelta(text="x"), Finished(reason=FinishReason.FILTERED)), "refusal"),
    ],
)
def test_why_it_stopped_is_told_alike_in_streams_and_whole(events: tuple[Event, ...], word: str) -> None:
    assert spoken(*events)[-2]["delta"]["stop_reason"] == whole(*events)["stop_reason"] == word


def test_an_answer_without_a_word_is_still_a_message() -> None:
    assert [payload["type"] for payload in spoken(END)] == ["message_start", "message_delta", "message_stop"]
    assert whole(END)["content"] == []


def test_errors_have_anthropics_types_and_the_words_that_agents_look_for() -> None:
    too_long = json.loads(encode_error(ContextTooLongError("300 tokens; it takes 200.", provider="x")))
    assert too_long["error"]["message"] == "prompt is too long: 300 tokens; it takes 200."
    assert json.loads(encode_error(BodyTooLargeError("x")))["error"]["type"] == "request_too_large"
    broken = ProviderOverloadError("x", provider="x", upstream_status=500)
    assert json.loads(encode_error(broken))["error"]["type"] == "api_error"

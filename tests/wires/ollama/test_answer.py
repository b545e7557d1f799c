"""Ollama's lines become our events, whatever the network does to them."""

import pytest
from tests.wires.decoding import calls, decode, lines, without_id
from tests.wires.ollama.talk import TALK, call, done, said

from chimera.llm import (
    ContextTooLongError,
    FinishReason,
    ProviderOverloadError,
    Text,
    Thinking,
    ToolCall,
    Usage,
    fold,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.frames.ndjson import LineParser
from chimera.wires.ollama import stream_decoder


def test_a_whole_answer_is_heard_with_thinking_text_and_calls_before_the_last_line() -> None:
    events = decode(stream_decoder(("tool_choice",)), TALK)
    answer = fold(events)
    assert (answer.model, answer.lost) == ("qwen3", ("tool_choice",))
    assert answer.id
    assert answer.parts == (
        Thinking(text="I should look 🦊.", origin="ollama"),
        Text(text="Looking outside 漢字."),
        ToolCall(id="call_a", name="get_weather", arguments='{"city":"Rome"}'),
        ToolCall(id="call_b", name="get_weather", arguments='{"city":"Oslo"}'),
        ToolCall(id="call_c", name="get_time", arguments="{}"),
    )
    assert answer.reason is FinishReason.TOOL_CALLS
    assert answer.usage == Usage(input_tokens=10, output_tokens=20)


def test_crlf_and_empty_lines_do_not_matter() -> None:
    odd = b"\r\n" + TALK.replace(b"\n", b"\r\n\r\n")
    assert without_id(decode(stream_decoder(), odd, 1)) == without_id(decode(stream_decoder(), TALK))


@pytest.mark.parametrize(
    ("told", "meant"),
    [("stop", FinishReason.STOP), ("length", FinishReason.LENGTH), ("load", FinishReason.STOP)],
)
def test_every_done_reason_has_its_meaning(told: str, meant: FinishReason) -> None:
    assert fold(decode(stream_decoder(), lines(said(content="a"), done(told)))).reason is meant


def test_a_prompt_from_the_cache_has_no_length() -> None:
    usage = fold(decode(stream_decoder(), lines(said(content="a"), done()))).usage
    assert usage == Usage(input_tokens=0, output_tokens=20)


def test_calls_without_ids_get_ids_that_are_never_the_same() -> None:
    body = lines(said(tool_calls=[call("f", {}), call("f", {})]), done())
    ids = [heard.id for _ in range(2) for heard in calls(decode(stream_decoder(), body))]
    assert len(set(ids)) == 4
    assert all(ids)


@pytest.mark.parametrize(
    ("sent", "heard"),
    [('{"a":1}', '{"a":1}'), (None, "{}"), ("nonsense", "{}"), ({"a": [1.5, None]}, '{"a":[1.5,null]}')],
)
def test_arguments_are_an_object_even_where_they_come_as_text(sent: object, heard: str) -> None:
    body = lines(said(tool_calls=[call("f", sent)]), done())
    assert calls(decode(stream_decoder(), body))[0].arguments == heard


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("CUDA error: out of memory", ProviderOverloadError),
        ("the input length exceeds the context length", ContextTooLongError),
        ({"message": "an error was encountered"}, ProviderOverloadError),
    ],
)
def test_an_error_inside_the_stream_is_a_failure_of_its_kind(told: object, meant: type) -> None:
    decoder = stream_decoder()
    decoder.feed(lines(said(content="a")))
    with pytest.raises(StreamFailure) as failed:
        decoder.feed(lines({"error": told}))
    assert failed.value.failure.error is meant


@pytest.mark.parametrize("body", [b"<html>\n", b"[]\n", b'{"message": 1}\n', b"data: {}\n"])
def test_what_is_not_this_wire_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as refused:
        stream_decoder().feed(body)
    assert refused.value.code == "malformed"


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    parser = LineParser(limit=10)
    parser.feed(b"12345\n1234567890")
    with pytest.raises(WireError):
        parser.feed(b"1")

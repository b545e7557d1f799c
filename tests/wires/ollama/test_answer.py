"""Ollama's lines become our events, whatever the network does to them."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wires.decoding import calls, decode, heard_before_breaking, lines, spoilt, survives

from chimera.llm import (
    ContextTooLongError,
    Event,
    FinishReason,
    ProviderOverloadError,
    Started,
    Text,
    Thinking,
    ToolCall,
    Usage,
    fold,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.ndjson import LineParser
from chimera.wires.ollama import StreamDecoder


def said(**message: object) -> dict[str, object]:
    return {
        "model": "qwen3", "created_at": "2026-11-20T10:00:00Z", "message": {"role": "assistant", **message},
        "done": False,
    }  # fmt: skip


def done(reason: str = "stop", **more: object) -> dict[str, object]:
    ended = {"done": True, "done_reason": reason, "total_duration": 5_043_500_667, "eval_count": 20, **more}
    return said(content="") | ended


def call(name: str, arguments: object, **more: object) -> dict[str, object]:
    return {"function": {"name": name, "arguments": arguments}, **more}


TALK = lines(
    said(content="", thinking="I should "),
    said(content="", thinking="look 🦊."),
    said(content="Looking "),
    said(content="outside 漢字."),
    said(content="", tool_calls=[call("get_weather", {"city": "Rome"}, id="call_a")]),
    said(
        content="", tool_calls=[call("get_weather", {"city": "Oslo"}, id="call_b"), call("get_time", {}, id="call_c")]
    ),
    done(prompt_eval_count=10),
)


def without_id(events: Sequence[Event]) -> Sequence[Event]:
    assert isinstance(events[0], Started)
    return events[1:]


def test_a_whole_answer_is_heard_with_thinking_text_and_calls_before_the_last_line() -> None:
    events = decode(StreamDecoder(("tool_choice",)), TALK)
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


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_the_partition_of_the_body_does_not_matter(size: int) -> None:
    assert without_id(decode(StreamDecoder(), TALK, size)) == without_id(decode(StreamDecoder(), TALK))


def test_crlf_and_empty_lines_do_not_matter() -> None:
    odd = b"\r\n" + TALK.replace(b"\n", b"\r\n\r\n")
    assert without_id(decode(StreamDecoder(), odd, 1)) == without_id(decode(StreamDecoder(), TALK))


@pytest.mark.parametrize(
    ("told", "meant"),
    [("stop", FinishReason.STOP), ("length", FinishReason.LENGTH), ("load", FinishReason.STOP)],
)
def test_every_done_reason_has_its_meaning(told: str, meant: FinishReason) -> None:
    assert fold(decode(StreamDecoder(), lines(said(content="a"), done(told)))).reason is meant


def test_a_prompt_from_the_cache_has_no_length() -> None:
    usage = fold(decode(StreamDecoder(), lines(said(content="a"), done()))).usage
    assert usage == Usage(input_tokens=0, output_tokens=20)


def test_calls_without_ids_get_ids_that_are_never_the_same() -> None:
    body = lines(said(tool_calls=[call("f", {}), call("f", {})]), done())
    ids = [heard.id for _ in range(2) for heard in calls(decode(StreamDecoder(), body))]
    assert len(set(ids)) == 4
    assert all(ids)


@pytest.mark.parametrize(
    ("sent", "heard"),
    [('{"a":1}', '{"a":1}'), (None, "{}"), ("nonsense", "{}"), ({"a": [1.5, None]}, '{"a":[1.5,null]}')],
)
def test_arguments_are_an_object_even_where_they_come_as_text(sent: object, heard: str) -> None:
    body = lines(said(tool_calls=[call("f", sent)]), done())
    assert calls(decode(StreamDecoder(), body))[0].arguments == heard


def test_a_stream_that_is_cut_is_no_answer() -> None:
    heard = TALK.splitlines(keepends=True)
    for count in range(len(heard)):
        decoder = StreamDecoder()
        decoder.feed(b"".join(heard[:count]))
        with pytest.raises(WireError) as cut:
            decoder.close()
        assert cut.value.code == "cut"


def test_a_line_that_is_cut_is_no_answer_and_one_without_its_end_is() -> None:
    decoder = StreamDecoder()
    decoder.feed(TALK[:-10])
    with pytest.raises(WireError) as cut:
        decoder.close()
    assert cut.value.code == "cut"
    assert without_id(decode(StreamDecoder(), TALK.rstrip())) == without_id(decode(StreamDecoder(), TALK))


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("CUDA error: out of memory", ProviderOverloadError),
        ("the input length exceeds the context length", ContextTooLongError),
        ({"message": "an error was encountered"}, ProviderOverloadError),
    ],
)
def test_an_error_inside_the_stream_is_a_failure_of_its_kind(told: object, meant: type) -> None:
    decoder = StreamDecoder()
    decoder.feed(lines(said(content="a")))
    with pytest.raises(StreamFailure) as failed:
        decoder.feed(lines({"error": told}))
    assert failed.value.failure.error is meant


@pytest.mark.parametrize("body", [b"<html>\n", b"[]\n", b'{"message": 1}\n', b"data: {}\n"])
def test_what_is_not_this_wire_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as refused:
        StreamDecoder().feed(body)
    assert refused.value.code == "malformed"


@pytest.mark.parametrize("end", [b"{broken\n", lines({"error": "No"})])
def test_what_was_heard_before_the_break_is_not_lost_in_any_partition(end: bytes) -> None:
    body = lines(said(content="Hello")) + end
    whole = heard_before_breaking(StreamDecoder(), body)
    assert fold(whole).text == "Hello"
    assert without_id(heard_before_breaking(StreamDecoder(), body, 1)) == without_id(whole)


def test_a_page_without_a_line_s_end_is_malformed_rather_than_cut() -> None:
    decoder = StreamDecoder()
    decoder.feed(b"<html>Sign in</html>")
    with pytest.raises(WireError) as refused:
        decoder.close()
    assert refused.value.code == "malformed"


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    parser = LineParser(limit=10)
    parser.feed(b"12345\n1234567890")
    with pytest.raises(WireError):
        parser.feed(b"1")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=80), max_size=5))
def test_no_bytes_break_the_decoder(pieces: list[bytes]) -> None:
    survives(StreamDecoder(), pieces)


@settings(deadline=None, max_examples=60)
@given(spoilt(TALK))
def test_no_damage_breaks_the_decoder(body: bytes) -> None:
    survives(StreamDecoder(), [body])

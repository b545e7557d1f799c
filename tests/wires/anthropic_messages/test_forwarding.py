"""Messages between Anthropic's client and Anthropic: what passes, and what is mended."""

import json
from typing import Any

import pytest
from hypothesis import given
from tests.wires.anthropic_messages.talk import START, STOP, TALK, closed, delta, ended, opened
from tests.wires.decoding import sse
from tests.wires.partitions import SIZES, cut

from chimera.llm import Event, Finished, Forwarded, Request, Started, UsageReported
from chimera.wires.anthropic_messages import (
    counted_body,
    decode_request,
    forwarded_body,
    forwarding_decoder,
    original_of,
    renamed,
)
from chimera.wires.failure import StreamFailure, WireError

HELLO = [{"role": "user", "content": "Hi"}]
MODEL = "claude-opus-5-5"


def asked(**more: Any) -> Request:
    body = {"model": MODEL, "max_tokens": 9000, "messages": HELLO, "stream": True, **more}
    return decode_request(json.dumps(body).encode(), {"anthropic-beta": "x"}).request


def heard(body: bytes, sizes: list[int] | None = None, **more: Any) -> list[Event]:
    request = asked(**more)
    assert request.original is not None
    decoder = forwarding_decoder(request.original)
    pieces = cut(body, sizes or [len(body)])
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()


def passed(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Forwarded))


@given(sizes=SIZES)
def test_a_stream_passes_byte_for_byte_in_any_partition(sizes: list[int]) -> None:
    events = heard(TALK, sizes)
    assert passed(events) == TALK
    assert isinstance(events[0], Started)
    assert events[0].forwarded
    assert isinstance(events[-1], Finished)
    assert [event.usage.output_tokens for event in events if isinstance(event, UsageReported)] == [1, 25]


def test_data_over_several_lines_stays_valid() -> None:
    odd = TALK.replace(b'{"type":"ping"}', b'{"type":\ndata: "ping"}')
    assert b'event: ping\ndata: {"type":\ndata: "ping"}\n\n' in passed(heard(odd))


def test_an_answer_can_be_given_the_name_that_its_caller_knows() -> None:
    assert renamed(TALK, 'a/"b"') == TALK.replace(b'"model":"claude-opus-5-5"', b'"model":"a/\\"b\\""')
    message = {"type": "message", "id": "msg_1", "model": MODEL, "content": [], "stop_reason": "end_turn", "usage": {}}
    body = json.dumps(message).encode()
    assert passed(heard(body, stream=False)) == body
    assert json.loads(renamed(body, "another")) == message | {"model": "another"}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "thinking", "thinking": "", "signature": ""},
    ],
)
def test_what_begins_in_silence_is_content_that_somebody_waits_for(block: dict[str, Any]) -> None:
    request = asked()
    assert request.original is not None
    decoder = forwarding_decoder(request.original)
    assert passed(decoder.feed(sse(START))) == b""
    assert json.dumps(block["type"]).encode() in passed(decoder.feed(sse(opened(0, **block))))
    rest = sse(delta(0, type="input_json_delta", partial_json="{}"), closed(0), ended("pause_turn"), STOP)
    assert isinstance(decoder.feed(rest)[-1], Finished)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (sse(START, opened(0, type="text", text="")), WireError),
        (b"event: message_start\ndata: {nonsense\n\n", WireError),
        (sse(START, {"type": "error", "error": {"type": "overloaded_error", "message": "Oh"}}), StreamFailure),
    ],
)
def test_a_broken_stream_is_noticed(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        heard(body)


def test_what_fits_goes_out_as_it_came() -> None:
    request = asked(model="claude-haiku-4-5", temperature=0.7, novel={"x": 1.50})
    original = original_of(request)
    assert original is not None
    body, lost = forwarded_body(original, request)
    assert all(bytes(raw) in body for name, raw in original.fields.items() if name != "model")
    assert b'"novel":{"x": 1.5}' in body
    assert (json.loads(body)["temperature"], lost) == (0.7, ())


def test_the_schema_of_an_answer_survives_the_mending_of_its_effort() -> None:
    config = {"effort": "high", "format": {"type": "json_schema", "schema": {"type": "object"}}, "novel": 1}
    request = asked(model="claude-haiku-4-5", output_config=config)
    original = original_of(request)
    assert original is not None
    told = json.loads(forwarded_body(original, request)[0])
    assert told["output_config"] == {"format": config["format"], "novel": 1}
    assert told["thinking"]["type"] == "enabled"


def test_another_models_reasoning_is_left_out_and_all_else_goes_out_as_it_came() -> None:
    foreign = {"type": "thinking", "thinking": "Hm.", "signature": "chimera.gemini.abc"}
    own = {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"}
    search = {"type": "web_search_20250305", "name": "web_search"}
    content = [foreign, own, {"type": "text", "text": "Yes."}]
    request = asked(messages=[*HELLO, {"role": "assistant", "content": content}, *HELLO], tools=[search])
    original = original_of(request)
    assert original is not None
    body, lost = forwarded_body(original, request)
    told = json.loads(body)
    assert (told["messages"][1]["content"], told["tools"]) == (content[1:], [search])
    assert lost == ("messages.thinking",)
    assert "messages" in counted_body(request)


def test_what_only_anthropic_knows_in_a_conversation_with_anothers_reasoning_goes_nowhere() -> None:
    foreign = {"type": "thinking", "thinking": "Hm.", "signature": "chimera.gemini.abc"}
    run = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    assert original_of(asked(messages=[*HELLO, {"role": "assistant", "content": [foreign, run]}])) is None
    assert original_of(asked(messages=[*HELLO, {"role": "assistant", "content": [run]}])) is not None

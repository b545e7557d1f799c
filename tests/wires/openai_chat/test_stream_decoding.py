"""Answers as real servers write them, careless ones included."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wires.partitions import SIZES, cut

from chimera.llm import (
    Citation,
    Event,
    Finished,
    FinishReason,
    ProviderError,
    ProviderOverloadError,
    ProviderQuotaError,
    ProviderRateLimitError,
    Started,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    fold,
)
from chimera.wires.failure import BrokenAnswerError, StreamFailure, WireError
from chimera.wires.openai_chat import StreamDecoder

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **fields: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    told = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices} | fields
    return b"data: " + msgspec.json.encode(told) + b"\n\n"


DONE = b"data: [DONE]\n\n"
SAID = chunk({"role": "assistant", "content": ""}) + chunk({"content": "Hi"})
END = chunk({}, "stop")


def heard(body: bytes, *, closed: bool = True) -> list[Event]:
    decoder = StreamDecoder(("top_k",))
    return decoder.feed(body) + (decoder.close() if closed else [])


def calls(*pieces: dict[str, Any], finish: str = "tool_calls") -> list[tuple[str, str, str]]:
    body = b"".join(chunk({"tool_calls": [piece]}) for piece in pieces) + chunk({}, finish) + DONE
    answer = fold(heard(body))
    assert answer.reason is FinishReason.TOOL_CALLS
    return [(call.id, call.name, call.arguments) for call in answer.parts]  # type: ignore[union-attr]  # only calls


def piece(
    arguments: Any = "", *, index: int | None = 0, id: str | None = None, name: str | None = None
) -> dict[str, Any]:
    return {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_an_answer_begins_once_and_ends_once_with_usage_before_the_end() -> None:
    events = heard(SAID + END + chunk(usage=USAGE) + DONE)
    assert events[0] == Started(id="x", model="m", lost=("top_k",))
    assert events[-1] == Finished(reason=FinishReason.STOP)
    assert [type(event).__name__ for event in events] == ["Started", "TextDelta", "UsageReported", "Finished"]


def test_the_usage_chunk_ends_an_answer_whose_server_forgets_the_end_marker_and_stays() -> None:
    assert isinstance(heard(SAID + END + chunk(usage=USAGE), closed=False)[-1], Finished)


def test_an_answer_without_end_marker_is_complete_once_a_reason_was_given() -> None:
    assert isinstance(heard(SAID + END)[-1], Finished)


@pytest.mark.parametrize("body", [b"", SAID, SAID + DONE, SAID + END[:30], DONE, b": ping\n\n", SAID + b"data: {"])
def test_an_answer_that_gives_no_reason_for_its_end_was_cut(body: bytes) -> None:
    with pytest.raises(WireError) as flaw:
        heard(body)
    assert flaw.value.code == "cut"


@pytest.mark.parametrize(
    "event", [b"data: {oops}\n\n", b"data: nonsense\n\n", b"data: []\n\n", b'data: {"choices":1}\n\n']
)
def test_garbage_is_malformed(event: bytes) -> None:
    with pytest.raises(WireError) as flaw:
        heard(SAID + event)
    assert flaw.value.code == "malformed"


@pytest.mark.parametrize("event", [b"data: {oops}\n\n", b'data: {"error":"x"}\n\n'])
def test_what_was_said_before_the_trouble_in_the_same_read_is_not_lost(event: bytes) -> None:
    with pytest.raises(BrokenAnswerError) as broken:
        heard(SAID + event)
    assert [type(heard).__name__ for heard in broken.value.heard] == ["Started", "TextDelta"]


def test_a_page_instead_of_an_answer_is_malformed() -> None:
    with pytest.raises(WireError) as flaw:
        heard(b"\n<!doctype html><title>Sign in</title>")
    assert flaw.value.code == "malformed"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "Sorry", "type": "server_error", "code": None}, ProviderOverloadError),
        ({"message": "Slow down", "code": 429}, ProviderRateLimitError),
        ({"message": "Slow down", "type": "rate_limit_error"}, ProviderRateLimitError),
        ({"message": "No money", "code": 402}, ProviderQuotaError),
        ("plain words", ProviderOverloadError),
    ],
)
@pytest.mark.parametrize("form", ["event", "document"])
def test_an_error_inside_the_answer_is_told_as_such(error: object, expected: type[ProviderError], form: str) -> None:
    body = msgspec.json.encode({"error": error})
    with pytest.raises(StreamFailure) as told:
        heard(SAID + b"data: " + body + b"\n\n" if form == "event" else body)
    assert told.value.failure.error is expected


def test_a_finish_reason_that_means_trouble_is_no_end() -> None:
    with pytest.raises(StreamFailure):
        heard(SAID + chunk({}, "insufficient_system_resource") + DONE)


def test_azures_blank_first_chunk_does_not_begin_the_answer() -> None:
    events = heard(chunk(id="", model="", prompt_filter_results=[]) + SAID + END + DONE)
    assert events[0] == Started(id="x", model="m", lost=("top_k",))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_heard_under_either_name(field: str) -> None:
    events = heard(chunk({field: "Hm"}) + END + DONE)
    assert ThinkingDelta(text="Hm") in events


def test_a_refusal_is_told_as_one() -> None:
    assert TextDelta(text="No.", refusal=True) in heard(chunk({"refusal": "No."}) + END + DONE)


def test_other_choices_are_not_heard() -> None:
    other = {"index": 1, "delta": {"content": "other"}, "finish_reason": "length"}
    assert fold(heard(SAID + chunk(choices=[other]) + END + DONE)).text == "Hi"


def test_an_answer_is_not_complete_while_another_choice_is_being_written() -> None:
    other = {"index": 1, "delta": {"content": "other"}, "finish_reason": None}
    with pytest.raises(WireError) as flaw:
        heard(chunk(choices=[other]) + SAID + END)
    assert flaw.value.code == "cut"


def test_openrouters_reasoning_is_told_once_and_with_its_proof() -> None:
    claude = {"index": 0, "format": "anthropic-claude-v1"}
    events = heard(
        chunk({"reasoning": "Hm", "reasoning_details": [claude | {"type": "reasoning.text", "text": "Hm"}]})
        + chunk({"reasoning": ".", "reasoning_details": [claude | {"type": "reasoning.text", "text": "."}]})
        + chunk({"reasoning_details": [claude | {"type": "reasoning.text", "signature": "proof"}]})
        + chunk({"content": "Hi"})
        + END
        + DONE
    )
    thinking = Thinking(text="Hm.", signature="proof", origin="openrouter:anthropic-claude-v1")
    assert fold(events).parts == (thinking, Text(text="Hi"))


def test_citations_are_heard_wherever_they_stand() -> None:
    page = {"url": "https://example.com", "title": "A page", "start_index": 0, "end_index": 2, "content": "Words"}
    annotations = [{"type": "url_citation", "url_citation": page}, {"type": "file", "file": {"hash": "x"}}]
    (said,) = fold(heard(SAID + chunk({"annotations": annotations}) + END + DONE)).parts
    assert isinstance(said, Text)
    known, other = said.citations
    assert known == Citation(url="https://example.com", title="A page", start=0, end=2, quote="Words")
    assert (other.origin, other.url) == ("openai_chat", None)


def test_a_tool_is_called_by_our_name_for_it() -> None:
    decoder = StreamDecoder(names={"long_1": "long.name"})
    events = decoder.feed(chunk({"tool_calls": [piece("{}", id="a", name="long_1")]}) + END + DONE)
    assert [event.name for event in events if isinstance(event, ToolCallDelta)] == ["long.name"]


def test_calls_of_the_same_id_get_ids_of_their_own() -> None:
    first, second = calls(piece("{}", id="a", name="f"), piece("{}", index=1, id="a", name="f"))
    assert first == ("a", "f", "{}")
    assert second[0] not in {"a", ""}


def test_calls_by_the_book() -> None:
    said = calls(piece(id="a", name="f"), piece('{"x":'), piece("1}"), piece("{}", index=1, id="b", name="f"))
    assert said == [("a", "f", '{"x":1}'), ("b", "f", "{}")]


def test_calls_that_all_bear_the_index_zero_are_told_apart_by_id() -> None:
    assert calls(piece("{}", id="a", name="f"), piece("{}", id="b", name="f")) == [("a", "f", "{}"), ("b", "f", "{}")]


def test_calls_without_ids_are_told_apart_by_name_and_get_ids() -> None:
    said = calls(piece("{}", name="f"), piece("{}", name="f"))
    assert [(name, arguments) for _, name, arguments in said] == [("f", "{}"), ("f", "{}")]
    assert len({made for made, _, _ in said}) == 2


def test_calls_without_an_index_are_told_apart_by_id() -> None:
    pieces = [
        piece("{", index=None, id="a", name="f"),
        piece("}", index=None),
        piece("{}", index=None, id="b", name="g"),
    ]
    assert calls(*pieces) == [("a", "f", "{}"), ("b", "g", "{}")]


def test_an_id_that_is_repeated_in_every_piece_is_one_call() -> None:
    assert calls(piece("{", id="a", name="f"), piece("}", id="a", name="f")) == [("a", "f", "{}")]


def test_a_name_that_comes_late_is_waited_for() -> None:
    assert calls(piece("{", id="a"), piece("}", name="f")) == [("a", "f", "{}")]


def test_arguments_may_come_as_an_object() -> None:
    assert calls(piece({"x": 1}, id="a", name="f")) == [("a", "f", '{"x":1}')]


def test_calls_make_the_reason_whatever_the_server_says() -> None:
    assert calls(piece("{}", id="a", name="f"), finish="stop") == [("a", "f", "{}")]


def test_a_call_without_a_name_is_malformed() -> None:
    with pytest.raises(WireError) as flaw:
        heard(chunk({"tool_calls": [piece("{}", id="a")]}) + END + DONE)
    assert flaw.value.code == "malformed"


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (
            USAGE | {"prompt_tokens_details": {"cached_tokens": 2}},
            Usage(input_tokens=3, output_tokens=2, cached_tokens=2),
        ),
        (USAGE | {"prompt_cache_hit_tokens": 1}, Usage(input_tokens=3, output_tokens=2, cached_tokens=1)),
        (
            USAGE | {"prompt_tokens_details": {"cached_tokens": 0}, "prompt_cache_hit_tokens": 1},
            Usage(input_tokens=3, output_tokens=2),
        ),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 2,
                "total_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(input_tokens=3, output_tokens=6, reasoning_tokens=4),
        ),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage()),
        ({}, None),
    ],
)
def test_usage_is_counted_in_one_convention(told: dict[str, Any], usage: Usage | None) -> None:
    assert fold(heard(SAID + END + chunk(usage=told) + DONE)).usage == usage


def test_nothing_is_heard_after_the_end() -> None:
    decoder = StreamDecoder()
    decoder.feed(SAID + END + DONE)
    assert decoder.feed(SAID) == decoder.close() == []


@given(
    st.lists(
        st.sampled_from([SAID, END, DONE, b"data: ", b"{", b"\xff", b"\n\n", b'data: {"error":1}\n\n', b"<"])
        | st.binary(max_size=9)
    ),
    SIZES,
)
def test_arbitrary_bytes_raise_nothing_unforeseen(parts: list[bytes], sizes: list[int]) -> None:
    decoder = StreamDecoder()
    with suppress(WireError, StreamFailure):
        for data in cut(b"".join(parts), sizes):
            decoder.feed(data)
        decoder.close()

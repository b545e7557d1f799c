"""Both directions of the wire undo each other, however the network cuts the bytes."""

from hypothesis import given, settings
from msgspec.structs import replace
from tests.wires.openai_chat.conversations import EXTRA_NAMES, answers, requests
from tests.wires.partitions import SIZES, cut

from chimera.llm import Answer, Event, Part, Request, ToolCall, UsageReported, fold
from chimera.wires.openai_chat import (
    Quirks,
    StreamDecoder,
    StreamEncoder,
    decode_request,
    encode_answer,
    encode_request,
)

EVERYTHING = Quirks(
    output_limit="max_completion_tokens",
    reasoning="object",
    thinking="reasoning_content",
    tool_files="inside",
    members=frozenset(EXTRA_NAMES),
    refusals=True,
    cache_marks=True,
    annotations=True,
    reasoning_details=True,
    signatures=True,
)


def heard(pieces: list[bytes]) -> list[Event]:
    decoder = StreamDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()


def told(events: list[Event], *, include_usage: bool = True) -> bytes:
    encoder = StreamEncoder("chatcmpl-1", "m", created=1, include_usage=include_usage)
    return b"".join(map(encoder.encode, events)) + encoder.done()


def calls(answer: Answer) -> list[Part]:
    return [part for part in answer.parts if isinstance(part, ToolCall)]


@settings(max_examples=50)
@given(requests())
def test_a_request_survives_the_wire_and_always_has_the_same_bytes(request: Request) -> None:
    encoded = encode_request(request, EVERYTHING)
    assert encode_request(request, EVERYTHING).to_json() == encoded.to_json()
    call = decode_request(encoded.to_json())
    assert encoded.lost == ()
    assert (replace(call.request, original=None), call.stream, call.include_usage) == (request, True, True)


@given(events=answers(), sizes=SIZES)
def test_an_answer_survives_the_wire_in_any_partition(events: list[Event], sizes: list[int]) -> None:
    assert heard(cut(told(events), sizes)) == events


@given(events=answers())
def test_usage_is_only_told_to_who_asked(events: list[Event]) -> None:
    expected = [event for event in events if not isinstance(event, UsageReported)]
    assert heard([told(events, include_usage=False)]) == expected


@given(events=answers(), sizes=SIZES)
def test_a_whole_answer_is_understood_where_a_stream_was_asked(events: list[Event], sizes: list[int]) -> None:
    answer = fold(events)
    body = encode_answer(answer, id="chatcmpl-1", model="m", created=1)
    again = fold(heard(cut(body, sizes)))
    assert (again.text, again.usage, again.reason) == (answer.text, answer.usage, answer.reason)
    assert calls(again) == calls(answer)

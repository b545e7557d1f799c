"""Both directions of the wire undo each other, however the network cuts the bytes and whatever stands between."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.wires.decoding import check_order
from tests.wires.openai_responses.conversations import answers, requests
from tests.wires.partitions import SIZES, cut

from chimera.llm import Event, Request, fold
from chimera.wires.openai_responses import (
    Head,
    StreamEncoder,
    answered,
    decode_answer,
    decode_request,
    encode_request,
    encode_response,
    stream_decoder,
    with_history,
)

HEAD = Head(id="resp_1", created_at=1, model="m")


def heard(pieces: list[bytes]) -> list[Event]:
    decoder = stream_decoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()


def told(events: list[Event]) -> bytes:
    encoder = StreamEncoder(HEAD)
    return b"".join(map(encoder.encode, events)) + encoder.done()


@settings(max_examples=60)
@given(requests())
def test_a_request_survives_the_wire_and_always_has_the_same_bytes(request: Request) -> None:
    encoded = encode_request(request)
    assert encode_request(request).to_json() == encoded.to_json()
    call = decode_request(encoded.to_json())
    assert encoded.lost == ()
    assert (replace(call.request, original=None), call.stream, call.store) == (request, True, False)


@settings(max_examples=30)
@given(requests())
def test_history_is_put_before_what_is_asked(request: Request) -> None:
    """What was asked and answered before comes as the items that were kept of it."""
    body = encode_request(request).body
    before = decode_request(encode_request(request).to_json())
    call = decode_request(msgspec.json.encode({"model": "m", "input": "and now?", "previous_response_id": "resp_0"}))
    whole = with_history(call, before.items)
    *earlier, last = whole.request.messages
    assert tuple(earlier) == request.messages
    assert last == call.request.messages[0]
    assert whole.items == call.items
    assert whole.request.original is not None
    assert len(msgspec.json.decode(whole.request.original.fields["input"])) == len(body["input"]) + 1


@settings(max_examples=60)
@given(events=answers(), sizes=SIZES)
def test_an_answer_survives_the_wire_in_any_partition(events: list[Event], sizes: list[int]) -> None:
    again = heard(cut(told(events), sizes))
    check_order(again)
    assert again == events


@settings(max_examples=40)
@given(events=answers(), end=st.sampled_from([b"\r\n", b"\r", b"\n"]), sizes=SIZES)
def test_line_ends_and_comments_change_nothing(events: list[Event], end: bytes, sizes: list[int]) -> None:
    body = told(events).replace(b"\n\n", b"\n: still here\n\n: and here\n\n").replace(b"\n", end)
    assert heard(cut(body, sizes)) == events


@settings(max_examples=60)
@given(answers())
def test_a_whole_answer_says_what_the_stream_says(events: list[Event]) -> None:
    answer = fold(events)
    again = fold(decode_answer(encode_response(answered(HEAD, answer))))
    assert (again.parts, again.usage, again.reason) == (answer.parts, answer.usage, answer.reason)


@settings(max_examples=40)
@given(answers())
def test_the_stream_ends_with_the_response_that_is_kept(events: list[Event]) -> None:
    encoder = StreamEncoder(HEAD)
    *_, last = [encoder.encode(event) for event in events]
    final = msgspec.json.decode(last.split(b"data: ")[-1])["response"]
    assert final == msgspec.json.decode(msgspec.json.encode(encoder.response))
    again = fold(decode_answer(encode_response(encoder.response)))
    assert again.parts == fold(events).parts

"""Both directions of the wire undo each other, however the network cuts the bytes."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.wires.anthropic_messages.conversations import answers, requests
from tests.wires.partitions import SIZES, cut

from chimera.llm import Event, Request, TextDelta, ThinkingDelta, ToolCallDelta, Usage, UsageReported, fold
from chimera.wires.anthropic_messages import (
    Quirks,
    StreamEncoder,
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
    stream_decoder,
)

EVERYTHING = Quirks(sampling=True)


def told(events: list[Event]) -> bytes:
    encoder = StreamEncoder("msg_1", "m", input_tokens=lambda: 7)
    return b"".join(map(encoder.encode, events)) + encoder.done()


def heard(pieces: list[bytes]) -> list[Event]:
    decoder = stream_decoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()


@settings(max_examples=60)
@given(requests())
def test_a_request_survives_the_wire_and_always_has_the_same_bytes(request: Request) -> None:
    encoded = encode_request(request, EVERYTHING)
    assert encode_request(request, EVERYTHING).to_json() == encoded.to_json()
    call = decode_request(encoded.to_json())
    assert encoded.lost == ()
    assert call.request.original is not None
    assert (call.request.original.beyond, call.request.original.minor) == ((), ())
    assert (replace(call.request, original=None), call.stream) == (request, True)


@given(events=answers(), sizes=SIZES)
def test_an_answer_survives_the_wire_in_any_partition(events: list[Event], sizes: list[int]) -> None:
    assert heard(cut(told(events), sizes)) == events


@given(events=answers())
def test_a_whole_answer_says_what_a_streamed_one_does(events: list[Event]) -> None:
    answer = fold(events)
    again = fold(decode_answer(encode_answer(answer, id="msg_1", model="m")))
    assert (again.parts, again.usage, again.reason) == (answer.parts, answer.usage, answer.reason)


def _foreign() -> st.SearchStrategy[list[Event]]:
    words = st.text(max_size=4)
    deltas = (
        st.builds(TextDelta, text=words, starts_part=st.booleans(), refusal=st.booleans())
        | st.builds(
            ThinkingDelta,
            text=words,
            signature=st.none() | words,
            origin=st.sampled_from([None, "gemini"]),
            redacted=st.booleans(),
            id=st.none() | st.sampled_from(["a", "b"]),
        )
        | st.builds(ToolCallDelta, index=st.just(0), arguments=words)
        | st.builds(UsageReported, usage=st.builds(Usage, input_tokens=st.integers(0, 9)))
    )
    return st.lists(deltas, max_size=8)


@given(_foreign())
def test_whatever_is_said_the_blocks_are_numbered_and_closed(events: list[Event]) -> None:
    encoder = StreamEncoder("msg_1", "m", input_tokens=lambda: 7)
    opened = [event for event in events if not isinstance(event, ToolCallDelta)]
    frames = b"".join(map(encoder.encode, opened))
    calls = [event for event in events if isinstance(event, ToolCallDelta)]
    if calls:
        frames += encoder.encode(ToolCallDelta(index=0, id="c", name="f"))
        frames += b"".join(map(encoder.encode, calls))
    check_blocks(frames)


def check_blocks(frames: bytes) -> None:
    """The blocks lie one after another, numbered 0, 1, …, and events are named by their types."""
    opened: int | None = None
    following = 0
    for frame in frames.split(b"\n\n")[:-1]:
        name, data = frame.split(b"\n")
        payload = msgspec.json.decode(data.removeprefix(b"data: "))
        assert name.removeprefix(b"event: ").decode() == payload["type"]
        match payload["type"]:
            case "content_block_start":
                assert opened is None
                assert payload["index"] == following
                opened, following = following, following + 1
            case "content_block_delta" | "content_block_stop":
                assert payload["index"] == opened
                opened = None if payload["type"] == "content_block_stop" else opened

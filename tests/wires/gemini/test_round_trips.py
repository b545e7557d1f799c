"""Both directions of the wire undo each other, however the network cuts the bytes."""

from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.wires.gemini.conversations import EVERYTHING, SIGNATURES, WORDS, answers, requests
from tests.wires.partitions import SIZES, cut

from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Request,
    Started,
    TextDelta,
    Thinking,
    ThinkingDelta,
    UsageReported,
    fold,
)
from chimera.wires.gemini import (
    StreamEncoder,
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
    stream_decoder,
)


def heard(pieces: list[bytes]) -> list[Event]:
    decoder = stream_decoder()
    events = [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()
    # Told twice, the first time for whoever leaves before the end.
    counts = [index for index, event in enumerate(events) if isinstance(event, UsageReported)]
    return [event for index, event in enumerate(events) if index not in counts[:-1]]


def told(events: list[Event], **how: bool) -> bytes:
    encoder = StreamEncoder("r", "m", **{"shows_thoughts": True} | how)
    return b"".join(map(encoder.encode, events)) + encoder.done()


def given_back(body: bytes) -> tuple[object, ...]:
    """What a client of Google's sends of an answer in its next question, as its SDK keeps it: chunk by chunk, and its
    bytes in the URL-safe alphabet."""
    chunks = [msgspec.json.decode(line.removeprefix(b"data: ")) for line in body.split(b"\n\n") if line]
    contents = [chunk["candidates"][0]["content"] for chunk in chunks]
    for part in (part for content in contents for part in content["parts"] if "thoughtSignature" in part):
        part["thoughtSignature"] = part["thoughtSignature"].replace("+", "-").replace("/", "_")
    question = msgspec.json.encode({"contents": [{"parts": [{"text": "hi"}]}, *contents]})
    return decode_request(question, model="m").request.messages[1].parts


@settings(max_examples=60)
@given(requests())
def test_a_request_survives_the_wire_and_always_has_the_same_bytes(request: Request) -> None:
    encoded = encode_request(request, EVERYTHING)
    assert encode_request(request, EVERYTHING).to_json() == encoded.to_json()
    assert encoded.lost == ()
    again = decode_request(encoded.to_json(), model=request.model).request
    assert replace(again, original=None) == request


@given(events=answers(), sizes=SIZES)
def test_an_answer_survives_the_wire_in_any_partition(events: list[Event], sizes: list[int]) -> None:
    assert heard(cut(told(events), sizes)) == events


@given(events=answers())
def test_a_whole_answer_and_an_array_say_the_same_as_the_stream(events: list[Event]) -> None:
    answer = fold(events)
    whole = fold(decode_answer(encode_answer(answer, id="r", shows_thoughts=True)))
    assert (whole.parts, whole.usage, whole.reason) == (answer.parts, answer.usage, answer.reason)
    array = msgspec.json.decode(told(events, as_array=True))
    stream = [msgspec.json.decode(line[6:]) for line in told(events).split(b"\n\n") if line]
    assert array == stream


THOUGHTS = st.builds(
    Thinking,
    text=WORDS,
    signature=st.none() | SIGNATURES | WORDS,
    origin=st.sampled_from([None, "anthropic_messages", "openai_responses"]),
    redacted=st.booleans(),
    id=st.none() | WORDS,
)


@given(thought=THOUGHTS, pieces=st.integers(1, 4), shown=st.booleans(), follows=st.sampled_from(["text", "nothing"]))
def test_foreign_reasoning_comes_back_from_a_client_as_it_was(
    thought: Thinking, pieces: int, shown: bool, follows: str
) -> None:
    cuts = [len(thought.text) * place // pieces for place in range(pieces + 1)]
    deltas = [
        ThinkingDelta(text=thought.text[start:end], origin=thought.origin, redacted=thought.redacted, id=thought.id)
        for start, end in pairwise(cuts)
    ]
    deltas[-1] = replace(deltas[-1], signature=thought.signature)
    said = [TextDelta(text="42")] if follows == "text" else []
    events = [Started(id="r", model="m"), *deltas, *said, Finished(reason=FinishReason.STOP)]
    body = told(events, shows_thoughts=shown)
    assert given_back(body)[0] == thought
    assert (b'"thought":true' in body) is shown

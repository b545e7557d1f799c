"""Both directions of the wire undo each other, however the network cuts the bytes."""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from tests.wires.decoding import without_id
from tests.wires.ollama.conversations import answers, requests
from tests.wires.partitions import SIZES, cut

from chimera.llm import (
    Capabilities,
    Event,
    Finished,
    FinishReason,
    ModelCard,
    Request,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    fold,
)
from chimera.wires.ollama import (
    CHAT,
    GENERATE,
    Head,
    Quirks,
    StreamEncoder,
    decode_answer,
    decode_details,
    decode_models,
    decode_request,
    encode_answer,
    encode_details,
    encode_request,
    encode_tags,
    stream_decoder,
)


def head(operation: str = CHAT, *, shows_thinking: bool = True) -> Head:
    clock: Iterator[int] = count(1000)
    return Head(
        model="m",
        created_at="2026-01-01T00:00:00Z",
        operation=operation,
        shows_thinking=shows_thinking,
        now_ns=lambda: next(clock),
        begun_ns=900,
    )


def heard(pieces: list[bytes]) -> list[Event]:
    decoder = stream_decoder()
    return without_id([event for piece in pieces for event in decoder.feed(piece)] + decoder.close())


def told(events: list[Event], operation: str = CHAT, *, shows_thinking: bool = True) -> bytes:
    encoder = StreamEncoder(head(operation, shows_thinking=shows_thinking))
    return b"".join(map(encoder.encode, events)) + encoder.done()


@settings(max_examples=60)
@given(requests())
def test_a_request_survives_the_wire_and_always_has_the_same_bytes(request: Request) -> None:
    encoded = encode_request(request, Quirks())
    assert encode_request(request, Quirks()).to_json() == encoded.to_json()
    assert encoded.lost == ()
    call = decode_request(encoded.to_json())
    assert (replace(call.request, original=None), call.stream, call.loads) == (request, True, None)


@given(events=answers(), sizes=SIZES)
def test_an_answer_survives_the_wire_in_any_partition(events: list[Event], sizes: list[int]) -> None:
    assert heard(cut(told(events), sizes)) == events


@given(events=answers())
def test_a_whole_answer_says_the_same_as_the_stream(events: list[Event]) -> None:
    answer = fold(events)
    whole = fold(decode_answer(encode_answer(answer, head())))
    assert (whole.text, whole.usage, whole.reason) == (answer.text, answer.usage, answer.reason)
    assert [part for part in whole.parts if isinstance(part, ToolCall)] == [
        part for part in answer.parts if isinstance(part, ToolCall)
    ]


@given(events=answers(), sizes=SIZES)
def test_generated_text_survives_in_the_form_of_generate(events: list[Event], sizes: list[int]) -> None:
    body = told(events, GENERATE)
    lines = [json.loads(line) for line in body.splitlines()]
    assert all("message" not in line and "response" in line for line in lines)
    kept = [event for event in events if not isinstance(event, ToolCallDelta)]
    assert heard(cut(body, sizes))[:-1] == kept[:-1]


@given(events=answers())
def test_thinking_is_hidden_from_who_wants_none(events: list[Event]) -> None:
    again = heard([told(events, shows_thinking=False)])
    assert not any(isinstance(event, ThinkingDelta) for event in again)
    assert [event for event in again if isinstance(event, TextDelta)] == [
        event for event in events if isinstance(event, TextDelta)
    ]


def test_durations_are_measured_in_nanoseconds() -> None:
    encoder = StreamEncoder(head())
    encoder.encode(TextDelta(text="a"))
    last = json.loads(encoder.encode(Finished(reason=FinishReason.STOP)).splitlines()[-1])
    assert (last["prompt_eval_duration"], last["eval_duration"], last["total_duration"]) == (100, 1, 101)
    assert last["done"] is True


@pytest.mark.parametrize(
    "card",
    [
        ModelCard(name="gpt-5", capabilities=Capabilities(images=True, reasoning=True), context_tokens=400_000),
        ModelCard(
            name="e", capabilities=Capabilities(chat=False, tools=False, structured_output=False, embeddings=True)
        ),
    ],
)
def test_what_is_told_of_a_model_is_what_another_chimera_understands(card: ModelCard) -> None:
    listed = decode_models(encode_tags([(f"openai/{card.name}", card)]))
    assert [found.name for found in listed] == [f"openai/{card.name}"]
    again = decode_details(ModelCard(name=card.name), encode_details(f"openai/{card.name}", card))
    assert again == card

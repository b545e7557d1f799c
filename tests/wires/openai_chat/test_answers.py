"""What a client of OpenAI gets: chunks, whole answers, errors, embeddings, models."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from tests.wires.openai_chat.conversations import answers

from chimera.kit.errors import AppError, InvalidRequestError, Kind
from chimera.llm import (
    Answer,
    Capabilities,
    ContextTooLongError,
    EmbeddingRequest,
    Event,
    Finished,
    FinishReason,
    ModelCard,
    ProviderRateLimitError,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
    fold,
)
from chimera.wires import openai_chat
from chimera.wires.failure import WireError
from chimera.wires.openai_chat import StreamEncoder, encode_answer, encode_error

ANSWER: list[Event] = [
    Started(id="up", model="up"),
    ThinkingDelta(text="Hm"),
    ThinkingDelta(signature="proof"),
    TextDelta(text='"\u2028\n'),
    ToolCallDelta(index=0, id="a", name="f", arguments="{"),
    ToolCallDelta(index=0, arguments="}"),
    UsageReported(usage=Usage(input_tokens=5, output_tokens=3, cached_tokens=4, reasoning_tokens=1)),
    Finished(reason=FinishReason.TOOL_CALLS),
]


def frames(events: list[Event], *, include_usage: bool = True) -> list[bytes]:
    encoder = StreamEncoder("chatcmpl-1", "openai/gpt-5", created=7, include_usage=include_usage)
    body = b"".join(map(encoder.encode, events)) + encoder.done()
    assert body.endswith(b"\n\n")
    return [frame.removeprefix(b"data: ") for frame in body.split(b"\n\n")[:-1]]


def chunks(events: list[Event], *, include_usage: bool = True) -> Iterator[dict[str, Any]]:
    *told, done = frames(events, include_usage=include_usage)
    assert done == b"[DONE]"
    yield from map(msgspec.json.decode, told)


@given(answers())
def test_every_chunk_is_one_that_the_official_sdk_knows(events: list[Event]) -> None:
    for chunk in chunks(events):
        ChatCompletionChunk.model_validate(chunk, strict=True)


@given(answers())
def test_every_chunk_has_the_same_head_and_a_finish_reason_in_one_only(events: list[Event]) -> None:
    told = list(chunks(events))
    heads = {(chunk["id"], chunk["model"], chunk["created"], chunk["object"]) for chunk in told}
    assert heads == {("chatcmpl-1", "openai/gpt-5", 7, "chat.completion.chunk")}
    reasons = [choice["finish_reason"] for chunk in told for choice in chunk["choices"]]
    assert [reason for reason in reasons if reason is not None] == reasons[-1:]


def test_the_first_chunk_carries_the_role_and_only_the_first() -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(ANSWER, include_usage=False)]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert all("role" not in delta for delta in deltas[1:])


def test_id_and_name_of_a_call_are_said_once_because_clients_join_strings() -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(ANSWER, include_usage=False)]
    assert [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta] == [
        {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}},
        {"index": 0, "function": {"arguments": "{"}},
        {"index": 0, "function": {"arguments": "}"}},
    ]


def test_usage_comes_last_without_choices_and_only_if_asked() -> None:
    *told, last = chunks(ANSWER)
    assert (last["choices"], last["usage"]["prompt_tokens_details"]["cached_tokens"]) == ([], 4)
    assert all(chunk["usage"] is None for chunk in told)
    assert all("usage" not in chunk for chunk in chunks(ANSWER, include_usage=False))


def test_the_role_is_sent_once_even_if_it_is_sent_early() -> None:
    encoder = StreamEncoder("i", "m", created=1, include_usage=False)
    assert encoder.start()
    assert encoder.encode(ANSWER[0]) == b""


def test_an_error_in_a_stream_is_an_event_of_its_own() -> None:
    encoder = StreamEncoder("i", "m", created=1, include_usage=False)
    assert encoder.error(b'{"error":{}}') == b'data: {"error":{}}\n\n'


@given(answers())
def test_a_whole_answer_is_one_that_the_official_sdk_knows(events: list[Event]) -> None:
    body = encode_answer(fold(events), id="chatcmpl-1", model="m", created=1)
    ChatCompletion.model_validate_json(body, strict=True)


def test_a_whole_answer_has_the_fields_that_the_specification_requires() -> None:
    answer = msgspec.json.decode(encode_answer(fold(ANSWER), id="chatcmpl-1", model="m", created=1))
    (choice,) = answer["choices"]
    assert (choice["logprobs"], choice["finish_reason"]) == (None, "tool_calls")
    message = choice["message"]
    assert (message["refusal"], message["annotations"], message["reasoning_content"]) == (None, [], "Hm")
    assert message["tool_calls"] == [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    assert answer["usage"]["total_tokens"] == 8


def test_an_answer_of_calls_alone_has_no_content() -> None:
    events = [*ANSWER[:1], *ANSWER[4:]]
    answer = msgspec.json.decode(encode_answer(fold(events), id="i", model="m", created=1))
    assert answer["choices"][0]["message"]["content"] is None


@pytest.mark.parametrize(
    ("error", "type", "param", "code"),
    [
        (InvalidRequestError("x", field="messages.0"), "invalid_request_error", "messages.0", "invalid_request"),
        (ContextTooLongError("x", provider="p"), "invalid_request_error", None, "context_length_exceeded"),
        (ProviderRateLimitError("x", provider="p"), "rate_limit_error", None, "provider_rate_limited"),
        (AppError("x"), "server_error", None, "internal_error"),
    ],
)
def test_an_error_has_openais_four_fields(error: AppError, type: str, param: str | None, code: str) -> None:
    told = msgspec.json.decode(encode_error(error, request_id="r1"))
    assert told == {"error": {"message": "x", "type": type, "param": param, "code": code}, "request_id": "r1"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_error_has_a_type(kind: Kind) -> None:
    made = type("MadeError", (AppError,), {"kind": kind})
    assert msgspec.json.decode(encode_error(made("x")))["error"]["type"]


@pytest.mark.parametrize("input", ["a", ["a", "b"]])
def test_texts_to_embed_come_alone_or_in_a_list(input: str | list[str]) -> None:
    body = msgspec.json.encode(
        {"model": "m", "input": input, "dimensions": 3, "encoding_format": "base64", "user": "u"}
    )
    call = openai_chat.decode_embedding_request(body)
    assert call.request == EmbeddingRequest(model="m", texts=tuple(input), dimensions=3, user="u")
    assert call.encoding_format == "base64"


@pytest.mark.parametrize(("input", "tokens"), [([1, 2], ((1, 2),)), ([[1, 2], [3]], ((1, 2), (3,)))])
def test_texts_to_embed_may_come_as_tokens(input: object, tokens: tuple[tuple[int, ...], ...]) -> None:
    call = openai_chat.decode_embedding_request(msgspec.json.encode({"model": "m", "input": input}))
    assert (call.request.tokens, call.request.texts) == (tokens, ())


def test_only_who_made_the_tokens_gets_them() -> None:
    request = EmbeddingRequest(model="m", texts=("hello",), tokens=((15339,),), user="u")
    openai = openai_chat.encode_embedding_request(request, openai_chat.OPENAI).body
    other = openai_chat.encode_embedding_request(request, openai_chat.LMSTUDIO).body
    assert (openai["input"], openai["user"]) == ([(15339,)], "u")
    assert (other["input"], "user" in other) == (["hello"], False)


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=20), st.booleans())
def test_batches_keep_every_text_in_its_order_and_stay_within_what_is_taken(sizes: list[int], tokens: bool) -> None:
    texts = tuple(chr(97 + place) * size for place, size in enumerate(sizes))
    counts = tuple((place,) * (size // 2) for place, size in enumerate(sizes)) if tokens else ()
    batches = list(openai_chat.batches(EmbeddingRequest(model="m", texts=texts, tokens=counts)))
    assert tuple(text for batch in batches for text in batch.texts) == texts
    assert tuple(count for batch in batches for count in batch.tokens) == counts
    for batch in batches:
        size = sum(map(len, batch.tokens or batch.texts))
        assert size <= 300_000 or len(batch.texts) == 1


def test_no_batch_has_more_texts_than_are_taken() -> None:
    batches = list(openai_chat.batches(EmbeddingRequest(model="m", texts=("a",) * 5000)))
    assert [len(batch.texts) for batch in batches] == [2048, 2048, 904]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"model":"m","input":[]}',
        b'{"model":"m","input":""}',
        b'{"model":"m","input":["a",1]}',
        b'{"model":"m","input":[[]]}',
        b'{"model":"m","input":[-1]}',
        b"\xff",
    ],
)
def test_what_cannot_be_embedded_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        openai_chat.decode_embedding_request(body)


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_embeddings_survive_the_wire(encoding: Any) -> None:
    answer = Answer(model="m", vectors=((0.5, -1.0), (0.25, 2.0)), usage=Usage(input_tokens=7))
    body = openai_chat.encode_embeddings(answer, encoding_format=encoding)
    told = openai_chat.decode_embeddings(body)
    assert (told.model, told.vectors, told.input_tokens) == (answer.model, answer.vectors, 7)
    if encoding == "float":
        CreateEmbeddingResponse.model_validate_json(body, strict=True)
    else:
        packed = msgspec.json.decode(body)["data"][0]["embedding"]
        assert struct.unpack("<2f", base64.b64decode(packed)) == (0.5, -1.0)


def test_an_embedding_for_each_text_is_expected() -> None:
    with pytest.raises(WireError) as flaw:
        openai_chat.decode_embeddings(b'{"data":[{"index":0,"embedding":[0]}]}', inputs=2)
    assert flaw.value.code == "malformed"


def test_embeddings_are_put_in_the_order_asked() -> None:
    body = b'{"data":[{"index":1,"embedding":[1]},{"index":0,"embedding":[0]}],"model":"m"}'
    assert openai_chat.decode_embeddings(body).vectors == ((0.0,), (1.0,))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"data":[{"index":3,"embedding":[1]}]}', b'{"data":[{"embedding":"AAA="}]}', b"[1]"]
)
def test_what_is_no_list_of_embeddings_is_malformed(body: bytes) -> None:
    with pytest.raises(WireError):
        openai_chat.decode_embeddings(body)


def test_only_models_that_chat_or_embed_are_listed() -> None:
    names = (
        "gpt-5.5 gpt-4o-mini o3 text-embedding-3-small whisper-1 tts-1-hd dall-e-3 gpt-image-1 omni-moderation-latest "
        "gpt-realtime gpt-4o-audio-preview gpt-4o-transcribe davinci-002 gpt-3.5-turbo-instruct o1-pro gpt-5-pro "
        "meta-llama/Llama-3.1-8B-Instruct gpt-5-codex sora-2"
    )
    body = msgspec.json.encode({"data": [{"id": name} for name in names.split()]})
    cards = {card.name: card.capabilities for card in openai_chat.decode_models(body)}
    assert list(cards) == [
        *("gpt-5.5", "gpt-4o-mini", "o3", "text-embedding-3-small"),
        *("o1-pro", "gpt-5-pro", "meta-llama/Llama-3.1-8B-Instruct", "gpt-5-codex"),
    ]
    assert cards["text-embedding-3-small"] == Capabilities(
        chat=False, tools=False, structured_output=False, embeddings=True
    )
    assert (cards["gpt-5.5"].images, cards["gpt-5.5"].reasoning, cards["gpt-4o-mini"].reasoning) == (True, True, False)


def test_what_a_list_tells_of_a_model_counts_more_than_its_name() -> None:
    told = {
        "id": "x/gpt-5",
        "context_length": 9,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "top_provider": {"max_completion_tokens": 4},
        "supported_parameters": ["temperature"],
    }
    (card,) = openai_chat.decode_models(msgspec.json.encode([told]))
    assert (card.context_tokens, card.output_tokens) == (9, 4)
    assert card.capabilities == Capabilities(tools=False, structured_output=False)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data":[{}]}', b"\xff", b""])
def test_what_is_no_list_of_models_is_malformed(body: bytes) -> None:
    with pytest.raises(WireError):
        openai_chat.decode_models(body)


def test_our_models_are_listed_as_openai_does() -> None:
    card = ModelCard(name="gpt-5", owner="openai")
    told = msgspec.json.decode(openai_chat.encode_models([("openai/gpt-5", card)]))
    assert told["object"] == "list"
    assert told["data"] == [msgspec.json.decode(openai_chat.encode_model("openai/gpt-5", card))]
    Model.model_validate(told["data"][0], strict=True)

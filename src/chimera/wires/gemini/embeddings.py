"""Embeddings by `POST /v1beta/models/{model}:batchEmbedContents`, as asked of Google; clients may ask for one, too."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Answer, EmbeddingRequest, Embeddings, RelayRequest
from chimera.wires.bodies import decode_body
from chimera.wires.encoded import Encoded
from chimera.wires.gemini.decoding.content import WireContent, listed
from chimera.wires.gemini.spelling import camel, in_camel_case
from chimera.wires.reading import read

LARGEST_BATCH = 100
"""Texts in one call: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents"""


class _Vector(Struct):
    values: list[float]


class _Usage(Struct, rename="camel"):
    prompt_token_count: int | None = None


class _Body(Struct, rename="camel"):
    embeddings: list[_Vector]
    usage_metadata: _Usage | None = None


class _Asked(Struct, frozen=True, gc=False, rename="camel"):
    content: WireContent
    output_dimensionality: Annotated[int, Meta(ge=1, le=65_536)] | None = None


class _Batch(Struct, frozen=True, gc=False):
    requests: Annotated[list[_Asked], Meta(min_length=1, max_length=10_000)]


class _RawBatch(Struct, frozen=True, gc=False):
    requests: list[dict[str, Raw]]


ONE, BATCH = "embedContent", "batchEmbedContents"
_bodies = msgspec.json.Decoder(_Body)
_asked = msgspec.json.Decoder(_Asked)
_batches = msgspec.json.Decoder(_Batch)
_members = msgspec.json.Decoder(dict[str, Raw])
_raw_batches = msgspec.json.Decoder(_RawBatch)
_NAMED = b'{"model":"models/'
_CARRIED = frozenset({"content", "outputDimensionality", "model"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingCall:
    """What the body asks.

    Attributes:
        request: In the language.
        relayed: In the caller's own words, for Google itself.
        lost: What only these say: `taskType`, `title`.
    """

    request: EmbeddingRequest
    relayed: RelayRequest
    lost: tuple[str, ...]


def encode_embeddings(request: EmbeddingRequest) -> Encoded:
    """Return the body for at most `LARGEST_BATCH` texts."""
    name = f"models/{request.model.removeprefix('models/')}"
    extra = {"outputDimensionality": request.dimensions} if request.dimensions is not None else {}
    requests = [{"model": name, "content": {"parts": [{"text": text}]}, **extra} for text in request.texts]
    return Encoded(body={"requests": requests})


def decode_embeddings(body: bytes, *, model: str) -> Embeddings:
    """Return the vectors; Google tells no model and mostly no tokens.

    Raises:
        WireError: if the body holds no embeddings.
    """
    answer = read(_bodies, body, what="The embeddings")
    tokens = answer.usage_metadata.prompt_token_count if answer.usage_metadata else None
    return Embeddings(
        model=model,
        vectors=tuple(tuple(vector.values) for vector in answer.embeddings),
        input_tokens=tokens or 0,
    )


def decode_embedding_request(body: bytes, *, model: str, operation: str) -> EmbeddingCall:
    """Return the call that a body asks for.

    Raises:
        InvalidRequestError: for a body that is no request for embeddings.
    """
    plain = in_camel_case(body)
    if operation == ONE:
        asked, originals = [decode_body(plain, _asked)], [decode_body(body, _members)]
    else:
        asked, originals = decode_body(plain, _batches).requests, decode_body(body, _raw_batches).requests
    lengths = {one.output_dimensionality for one in asked}
    if len(lengths) > 1:
        raise InvalidRequestError("All vectors of a batch must have one length.", field="requests")
    texts = tuple(_text(one, f"requests.{index}" if operation == BATCH else "") for index, one in enumerate(asked))
    lost = {camel(name) for one in originals for name in one} - _CARRIED
    return EmbeddingCall(
        request=EmbeddingRequest(model=model, texts=texts, dimensions=lengths.pop()),
        relayed=_relayed(originals, model, operation),
        lost=tuple(sorted(lost)),
    )


def encode_embedded(answer: Answer, *, operation: str) -> bytes:
    """Return the vectors as Google answers them."""
    vectors = [{"values": vector} for vector in answer.vectors]
    told: dict[str, Any] = {"embedding": vectors[0]} if operation == ONE else {"embeddings": vectors}
    if answer.usage is not None and answer.usage.input_tokens:
        told["usageMetadata"] = {"promptTokenCount": answer.usage.input_tokens}
    return msgspec.json.encode(told)


def _text(asked: _Asked, path: str) -> str:
    parts = listed(asked.content.parts)
    texts = [part.text for part in parts if part.text]
    if not texts or len(texts) != len(parts):
        where = ".".join(filter(None, (path, "content")))
        raise InvalidRequestError("Only text can be embedded, and there must be some.", field=where)
    return "\n".join(texts)


def _relayed(originals: list[dict[str, Raw]], model: str, operation: str) -> RelayRequest:
    """Return the bodies with the model's name left out wherever it must stand."""
    tails = [b'",' + _without_model(members)[1:] for members in originals]
    pieces = [_NAMED, *(tail + b"," + _NAMED for tail in tails[:-1]), tails[-1]]
    if operation == BATCH:
        pieces[0], pieces[-1] = b'{"requests":[' + pieces[0], pieces[-1] + b"]}"
    before, after, *further = pieces
    return RelayRequest(model=model, operation=operation, before=before, after=after, further=tuple(further))


def _without_model(members: dict[str, Raw]) -> bytes:
    return msgspec.json.encode({name: raw for name, raw in members.items() if name != "model"})

"""`POST /embeddings`, both ways."""

import base64
import binascii
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Answer, EmbeddingRequest, Embeddings
from chimera.wires.bodies import decode_body
from chimera.wires.encoded import Encoded
from chimera.wires.failure import WireError
from chimera.wires.openai_chat.quirks import Quirks
from chimera.wires.reading import UNREADABLE

_BYTES_PER_FLOAT = 4
# At once: https://platform.openai.com/docs/api-reference/embeddings/create#embeddings_create-input
_MOST_INPUTS = 2048
_MOST_TOKENS = 300_000


_Token: TypeAlias = Annotated[int, Meta(ge=0, le=2**31)]
_Tokens: TypeAlias = Annotated[list[_Token], Meta(min_length=1)]


class _Body(Struct, frozen=True, gc=False):
    model: Annotated[str, Meta(min_length=1)]
    input: str | list[str | _Token | _Tokens]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Meta(ge=1, le=65_536)] | None = None
    user: str | None = None


class _Vector(Struct, frozen=True, gc=False):
    embedding: list[float] | str
    index: int | None = None


class _Usage(Struct, frozen=True, gc=False):
    prompt_tokens: int | None = None


class _Answer(Struct, frozen=True, gc=False):
    data: list[_Vector]
    model: str | None = None
    usage: _Usage | None = None


_body = msgspec.json.Decoder(_Body)
_answer = msgspec.json.Decoder(_Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingCall:
    """What the body asks, and how its vectors shall be written: the official SDKs ask for `base64`.

    Where it asks by `tokens`, the request has no `texts` yet: they are for whoever has the vocabulary to fill in.
    """

    request: EmbeddingRequest
    encoding_format: Literal["float", "base64"]


def decode_embedding_request(body: bytes) -> EmbeddingCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no request for embeddings.
    """
    told = decode_body(body, _body)
    if not told.input:
        raise InvalidRequestError("`input` is empty.", field="input")
    texts, tokens = _texts(told.input), _tokens(told.input)
    if len(texts) + len(tokens) == 0:
        raise InvalidRequestError("`input` mixes texts, tokens and arrays of tokens.", field="input")
    if "" in texts:
        raise InvalidRequestError("A text in `input` is empty.", field=f"input.{texts.index('')}")
    request = EmbeddingRequest(model=told.model, texts=texts, tokens=tokens, dimensions=told.dimensions, user=told.user)
    return EmbeddingCall(request=request, encoding_format=told.encoding_format or "float")


def _texts(told: str | list[str | int | list[int]]) -> tuple[str, ...]:
    if isinstance(told, str):
        return (told,)
    texts = tuple(text for text in told if isinstance(text, str))
    return texts if len(texts) == len(told) else ()


def _tokens(told: str | list[str | int | list[int]]) -> tuple[tuple[int, ...], ...]:
    single = tuple(token for token in told if isinstance(token, int))
    several = tuple(tuple(tokens) for tokens in told if isinstance(tokens, list))
    if len(single) == len(told):
        return (single,)
    return several if len(several) == len(told) else ()


def batches(request: EmbeddingRequest) -> Iterator[EmbeddingRequest]:
    """Yield requests that the provider takes at once, together the whole of it, in its order."""
    start = size = 0
    for place, text in enumerate(request.texts):
        # A token has a byte or more.
        tokens = len(request.tokens[place]) if request.tokens else len(text.encode(errors="replace"))
        if place > start and (place - start == _MOST_INPUTS or size + tokens > _MOST_TOKENS):
            yield _slice(request, start, place)
            start, size = place, 0
        size += tokens
    yield _slice(request, start, len(request.texts))


def _slice(request: EmbeddingRequest, start: int, end: int) -> EmbeddingRequest:
    if end - start == len(request.texts):
        return request
    return msgspec.structs.replace(request, texts=request.texts[start:end], tokens=request.tokens[start:end])


def encode_embeddings(answer: Answer, *, encoding_format: Literal["float", "base64"]) -> bytes:
    """Return the list of embeddings as OpenAI answers it."""
    write = _packed if encoding_format == "base64" else list[float]
    data = [
        {"object": "embedding", "index": index, "embedding": write(vector)}
        for index, vector in enumerate(answer.vectors)
    ]
    tokens = answer.usage.input_tokens if answer.usage else 0
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return msgspec.json.encode({"object": "list", "data": data, "model": answer.model, "usage": usage})


def encode_embedding_request(request: EmbeddingRequest, quirks: Quirks) -> Encoded:
    """Return the body that asks a provider for embeddings. Floats: not every imitator packs."""
    given = request.tokens if request.tokens and quirks.embeds_tokens else request.texts
    body: dict[str, Any] = {"model": request.model, "input": list(given), "encoding_format": "float"}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    if request.user is not None and "user" in quirks.members:
        body["user"] = request.user
    return Encoded(body=body)


def decode_embeddings(body: bytes, *, inputs: int | None = None) -> Embeddings:
    """Return the vectors in the order asked.

    Args:
        body: JSON.
        inputs: How many were asked for.

    Raises:
        WireError: for what is no list of embeddings, or not one for each input.
    """
    try:
        told = _answer.decode(body)
        places = [vector.index if vector.index is not None else place for place, vector in enumerate(told.data)]
        if sorted(places) != list(range(len(places))):
            raise WireError("malformed", "The provider's embeddings are not numbered 0, 1, ….")
        vectors = dict(zip(places, (_floats(vector.embedding) for vector in told.data), strict=True))
    except (*UNREADABLE, binascii.Error) as error:
        raise WireError("malformed", "The provider sent no list of embeddings.") from error
    if inputs is not None and inputs != len(vectors):
        raise WireError("malformed", f"The provider sent {len(vectors)} embeddings for {inputs} inputs.")
    return Embeddings(
        model=told.model or "",
        vectors=tuple(vectors[place] for place in range(len(vectors))),
        input_tokens=(told.usage.prompt_tokens or 0) if told.usage else 0,
    )


def _packed(vector: tuple[float, ...]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()


def _floats(embedding: list[float] | str) -> tuple[float, ...]:
    if not isinstance(embedding, str):
        return tuple(embedding)
    packed = base64.b64decode(embedding, validate=True)
    if len(packed) % _BYTES_PER_FLOAT:
        raise WireError("malformed", "The provider packed an embedding wrongly.")
    return tuple(array("f", packed))

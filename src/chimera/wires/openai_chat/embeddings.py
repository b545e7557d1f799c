"""`POST /embeddings`, both ways."""

import base64
import binascii
from array import array
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.llm import Answer, EmbeddingRequest, Embeddings
from chimera.wires.bodies import decode_body
from chimera.wires.encoded import Encoded
from chimera.wires.failure import WireError

_BYTES_PER_FLOAT = 4


class _Body(Struct, frozen=True, gc=False):
    model: Annotated[str, Meta(min_length=1)]
    input: str | list[str | int | list[int]]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Meta(ge=1, le=65_536)] | None = None


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
    """What the body asks, and how its vectors shall be written: the official SDKs ask for `base64`."""

    request: EmbeddingRequest
    encoding_format: Literal["float", "base64"]


def decode_embedding_request(body: bytes) -> EmbeddingCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no request for embeddings.
        UnsupportedParameterError: for texts that come as tokens.
    """
    told = decode_body(body, _body)
    texts = [told.input] if isinstance(told.input, str) else told.input
    if not texts:
        raise InvalidRequestError("`input` is empty.", field="input")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise UnsupportedParameterError(
                "Token arrays are not carried, since every model has its own tokens; send texts.", field="input"
            )
        if not text:
            raise InvalidRequestError("A text in `input` is empty.", field=f"input.{index}")
    request = EmbeddingRequest(
        model=told.model, texts=tuple(text for text in texts if isinstance(text, str)), dimensions=told.dimensions
    )
    return EmbeddingCall(request=request, encoding_format=told.encoding_format or "float")


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


def encode_embedding_request(request: EmbeddingRequest) -> Encoded:
    """Return the body that asks a provider for embeddings. Floats: not every imitator packs."""
    body: dict[str, Any] = {"model": request.model, "input": list(request.texts), "encoding_format": "float"}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    return Encoded(body=body)


def decode_embeddings(body: bytes) -> Embeddings:
    """Return the vectors in the order asked.

    Raises:
        WireError: for what is no list of embeddings.
    """
    try:
        told = _answer.decode(body)
        places = [vector.index if vector.index is not None else place for place, vector in enumerate(told.data)]
        if sorted(places) != list(range(len(places))):
            raise WireError("malformed", "The provider's embeddings are not numbered 0, 1, ….")
        vectors = dict(zip(places, (_floats(vector.embedding) for vector in told.data), strict=True))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error) as error:
        raise WireError("malformed", "The provider sent no list of embeddings.") from error
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

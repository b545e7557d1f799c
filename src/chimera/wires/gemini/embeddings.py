"""Embeddings by `POST /v1beta/models/{model}:batchEmbedContents`."""

import msgspec
from msgspec import Struct

from chimera.llm import EmbeddingRequest, Embeddings
from chimera.wires.encoded import Encoded
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


_bodies = msgspec.json.Decoder(_Body)


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

"""Embeddings by `POST /api/embed`. Source: https://docs.ollama.com/api/embed"""

import msgspec
from msgspec import Struct

from chimera.llm import EmbeddingRequest, Embeddings
from chimera.wires.encoded import Encoded
from chimera.wires.reading import read


class _Body(Struct):
    embeddings: list[tuple[float, ...]]
    model: str = ""
    prompt_eval_count: int | None = None


_bodies = msgspec.json.Decoder(_Body)


def encode_embeddings(request: EmbeddingRequest) -> Encoded:
    """Return the body; a text that is too long is refused rather than cut."""
    extra = {"dimensions": request.dimensions} if request.dimensions is not None else {}
    return Encoded(body={"model": request.model, "input": list(request.texts), "truncate": False, **extra})


def decode_embeddings(body: bytes, *, model: str) -> Embeddings:
    """Return the vectors.

    Raises:
        WireError: if the body holds no embeddings.
    """
    answer = read(_bodies, body, what="The embeddings")
    return Embeddings(
        model=answer.model or model, vectors=tuple(answer.embeddings), input_tokens=answer.prompt_eval_count or 0
    )

"""Models and vectors as Ollama tells of them."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Answer, EmbeddingRequest, ModelCard
from chimera.wires.bodies import decode_body

VERSION = "0.13.0"
"""The Ollama whose API this is: clients look whether it is new enough for what they want."""

_NEVER = "0001-01-01T00:00:00Z"  # Go's time that is none
_KNOWN = frozenset({"model", "name", "input", "prompt", "dimensions", "truncate"})


class _Embed(Struct, frozen=True, gc=False):
    model: Annotated[str, Meta(min_length=1)]
    input: str | list[str] = ""
    prompt: str = ""
    dimensions: Annotated[int, Meta(ge=0, le=65_536)] | None = None


class _Show(Struct, frozen=True, gc=False):
    model: str = ""
    name: str = ""


_embed, _show = msgspec.json.Decoder(_Embed), msgspec.json.Decoder(_Show)
_members = msgspec.json.Decoder(dict[str, Raw])


def encode_tags(listed: Sequence[tuple[str, ModelCard]]) -> bytes:
    """Return the list of models by their ids."""
    models = [
        {
            "name": name,
            "model": name,
            "modified_at": _NEVER,
            "size": 0,
            # Clients cut it to its first letters.
            "digest": hashlib.sha256(name.encode()).hexdigest(),
            "details": _details(name),
        }
        for name, _ in listed
    ]
    return msgspec.json.encode({"models": models})


def encode_details(id: str, card: ModelCard) -> bytes:
    """Return the description of one model; `decode_details` reads it."""
    can, family = card.capabilities, _family(id)
    words = {
        "completion": can.chat,
        "tools": can.tools,
        "vision": can.images,
        "thinking": can.reasoning,
        "embedding": can.embeddings,
    }
    told: dict[str, Any] = {
        "modelfile": "",
        "parameters": "",
        "template": "",
        "license": "",
        "details": _details(id),
        "model_info": {"general.architecture": family, "general.basename": card.name},
        "capabilities": [word for word, is_so in words.items() if is_so],
        "modified_at": _NEVER,
    }
    if card.context_tokens is not None:
        told["model_info"][f"{family}.context_length"] = card.context_tokens
    return msgspec.json.encode(told)


def encode_version() -> bytes:
    return msgspec.json.encode({"version": VERSION})


def encode_running() -> bytes:
    """Return the models in this server's memory: none, they are elsewhere."""
    return msgspec.json.encode({"models": []})


def decode_show(body: bytes) -> str:
    """Return the name of the model that is asked about.

    Raises:
        InvalidRequestError: if there is none.
    """
    told = decode_body(body, _show)
    if not (told.model or told.name):
        raise InvalidRequestError("`model` is missing.", field="model")
    return told.model or told.name


def decode_embed(body: bytes) -> tuple[EmbeddingRequest, tuple[str, ...]]:
    """Return what is to be embedded, and what of it the language has no word for.

    Raises:
        InvalidRequestError: for a body that is no request for embeddings.
    """
    told = decode_body(body, _embed)
    asked = told.input or told.prompt
    texts = (asked,) if isinstance(asked, str) else tuple(asked)
    if not texts or not all(texts):
        raise InvalidRequestError("A text to embed is empty.", field="input")
    lost = sorted(decode_body(body, _members).keys() - _KNOWN)
    return EmbeddingRequest(model=told.model, texts=texts, dimensions=told.dimensions or None), tuple(lost)


def encode_embedded(answer: Answer, *, model: str, total_ns: int) -> bytes:
    """Return the vectors as `/api/embed` answers them."""
    told: dict[str, Any] = {
        "model": model,
        "embeddings": answer.vectors,
        "total_duration": total_ns,
        "load_duration": 0,
        "prompt_eval_count": answer.usage.input_tokens if answer.usage else 0,
    }
    return msgspec.json.encode(told)


def encode_one_embedded(answer: Answer) -> bytes:
    """Return the vector as the old `/api/embeddings` answers it."""
    return msgspec.json.encode({"embedding": answer.vectors[0]})


def _details(id: str) -> dict[str, Any]:
    family = _family(id)
    return {
        "parent_model": "",
        "format": "",
        "family": family,
        "families": [family],
        "parameter_size": "",
        "quantization_level": "",
    }


def _family(id: str) -> str:
    return id.partition("/")[0]

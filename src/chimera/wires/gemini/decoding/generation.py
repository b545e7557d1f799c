"""`generationConfig`: how tokens are drawn, what form the answer has, how much is thought."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import JsonObject, JsonSchema, Reasoning, ResponseFormat, Sampling
from chimera.wires.gemini.decoding.schema import json_schema

SCHEMA_NAME = "answer"
"""Google's schemas have no name; other wires demand one."""

_JSON, _PLAIN = "application/json", frozenset({"", "text/plain"})
_Penalty: TypeAlias = Annotated[float, Meta(ge=-2, le=2)]


class _ThinkingConfig(Struct, frozen=True, gc=False, rename="camel"):
    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None


class GenerationConfig(Struct, frozen=True, gc=False, rename="camel"):
    """What is read; whatever else there is stays in the caller's own words."""

    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    # A number by the SDK, a whole one by the book.
    top_k: Annotated[float, Meta(ge=1, le=1_000_000)] | None = None
    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    stop_sequences: list[str] | None = None
    seed: int | None = None
    presence_penalty: _Penalty | None = None
    frequency_penalty: _Penalty | None = None
    response_mime_type: str | None = None
    response_schema: dict[str, Any] | None = None
    response_json_schema: Raw = Raw()
    thinking_config: _ThinkingConfig | None = None
    candidate_count: int | None = None
    response_modalities: list[str] | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    speech_config: Raw = Raw()
    image_config: Raw = Raw()


def decode_generation(told: GenerationConfig) -> tuple[Sampling, ResponseFormat, Reasoning | None]:
    """Return all of it that the language has words for.

    Raises:
        InvalidRequestError: for a schema that is none.
    """
    sampling = Sampling(
        temperature=told.temperature,
        top_p=told.top_p,
        top_k=None if told.top_k is None else int(told.top_k),
        max_output_tokens=told.max_output_tokens,
        stop=tuple(told.stop_sequences or ()),
        seed=told.seed,
        presence_penalty=told.presence_penalty,
        frequency_penalty=told.frequency_penalty,
    )
    return sampling, _format(told), _reasoning(told.thinking_config)


def generation_beyond(told: GenerationConfig) -> Iterator[str]:
    """Yield the paths of what only Gemini itself can be asked."""
    asked = {
        "candidateCount": told.candidate_count not in {None, 0, 1},
        "responseModalities": bool(told.response_modalities) and told.response_modalities != ["TEXT"],
        "responseLogprobs": bool(told.response_logprobs),
        "logprobs": bool(told.logprobs),
        "speechConfig": _is_there(told.speech_config),
        "imageConfig": _is_there(told.image_config),
        "responseMimeType": (told.response_mime_type or "") not in {_JSON, *_PLAIN},
    }
    return (f"generationConfig.{name}" for name, wanted in asked.items() if wanted)


def _is_there(raw: Raw) -> bool:
    return bytes(raw) not in {b"", b"null"}


def _format(told: GenerationConfig) -> ResponseFormat:
    if _is_there(told.response_json_schema):
        text = str(bytes(told.response_json_schema), "utf-8")
        if not text.startswith("{"):
            raise InvalidRequestError("A schema must be an object.", field="generationConfig.responseJsonSchema")
        return JsonSchema(name=SCHEMA_NAME, schema=text)
    if told.response_schema is not None:
        schema = msgspec.json.encode(json_schema(told.response_schema)).decode()
        return JsonSchema(name=SCHEMA_NAME, schema=schema)
    return JsonObject() if told.response_mime_type == _JSON else "text"


def _reasoning(told: _ThinkingConfig | None) -> Reasoning | None:
    if told is None:
        return None
    if told.thinking_level and told.thinking_level != "THINKING_LEVEL_UNSPECIFIED":
        return Reasoning(effort=told.thinking_level.lower())
    if told.thinking_budget is not None and told.thinking_budget >= 0:
        return Reasoning(budget_tokens=told.thinking_budget)
    # As much as the model likes: -1, or nothing but the wish to see it.
    return Reasoning() if told.thinking_budget is not None or told.include_thoughts else None

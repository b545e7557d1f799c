"""What the surface takes, as JSON Schema. Written by hand from what `wires.openai_chat` decodes."""

from typing import Final

from chimera.compat.described import Json, ref

_TEXT: Final[Json] = {"type": "string"}
_NAME: Final[Json] = {"type": "string", "minLength": 1}
_MODEL: Final[Json] = {
    "type": "string",
    "minLength": 1,
    "description": "`GET /v1/models` lists them.",
    "examples": ["openai/gpt-5"],
}


def or_null(schema: Json) -> Json:
    return schema | {"type": [schema["type"], "null"]}


def _object(properties: Json, *required: str, **more: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def _number(low: float, high: float, description: str) -> Json:
    return {"type": ["number", "null"], "minimum": low, "maximum": high, "description": description}


def _count(description: str) -> Json:
    return {"type": ["integer", "null"], "minimum": 1, "maximum": 2**31 - 1, "description": description}


def _part(kind: str, **properties: Json) -> Json:
    return _object({"type": {"const": kind}, **properties}, "type", *properties)


_TOKENS: Final[Json] = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
}
_LINK: Final[Json] = {
    "type": "string",
    "pattern": "^(https?://|data:)",
    "examples": ["data:image/png;base64,iVBORw0KGgo="],
}
_IMAGE: Final = _object({"url": _LINK, "detail": {"enum": ["auto", "low", "high", "original", None]}}, "url")
_FILE: Final = _object({"file_data": _LINK, "filename": or_null(_TEXT)}, "file_data")
_TEXTS: Final[Json] = {"type": "array", "items": _part("text", text=_TEXT)}
_PARTS: Final[Json] = {
    "type": "array",
    "items": {"oneOf": [_part("text", text=_TEXT), _part("image_url", image_url=_IMAGE), _part("file", file=_FILE)]},
}
_TOOL_CALL: Final = _object(
    {
        "id": _NAME,
        "type": {"const": "function"},
        "function": _object({"name": _NAME, "arguments": _TEXT}, "name", "arguments"),
    },
    "id",
    "type",
    "function",
)


def _message(*roles: str, content: Json, required: tuple[str, ...] = ("content",), **properties: Json) -> Json:
    fields = {"role": {"enum": list(roles)}, "content": content, "name": or_null(_TEXT), **properties}
    return _object(fields, "role", *required)


_FUNCTION: Final = _object(
    {
        "name": _NAME,
        "description": or_null(_TEXT),
        "parameters": {"type": ["object", "null"], "description": "A JSON Schema, handed on byte for byte."},
        "strict": {"type": ["boolean", "null"]},
    },
    "name",
)
_JSON_SCHEMA: Final = _object(
    {
        "name": _NAME,
        "schema": {"type": "object"},
        "description": or_null(_TEXT),
        "strict": {"type": ["boolean", "null"]},
    },
    "name",
    "schema",
)

_ONLY_WHEN_STREAMED: Final[Json] = {
    "if": {"required": ["stream_options"], "properties": {"stream_options": {"type": "object"}}},
    "then": {"required": ["stream"], "properties": {"stream": {"const": True}}},
}

SCHEMAS: Final[Json] = {
    "ChatMessage": {
        "description": "A message of one of the five roles.",
        "oneOf": [
            _message("system", "developer", content={"oneOf": [_TEXT, _TEXTS]}),
            _message("user", content={"oneOf": [_TEXT, _PARTS]}),
            _message("assistant", content={"oneOf": [_TEXT, _TEXTS]}, refusal=or_null(_TEXT)),
            _message(
                "assistant",
                content={"type": "null"},
                required=("tool_calls",),
                tool_calls={"type": "array", "minItems": 1, "items": _TOOL_CALL},
            ),
            _message(
                "tool", content={"oneOf": [_TEXT, _PARTS]}, required=("content", "tool_call_id"), tool_call_id=_NAME
            ),
        ],
    },
    "ChatTool": _object({"type": {"const": "function"}, "function": _FUNCTION}, "type", "function"),
    "ChatCompletionRequest": _object(
        {
            "model": _MODEL,
            "messages": {
                "type": "array",
                "minItems": 1,
                "maxItems": 100_000,
                "items": ref("ChatMessage"),
                "examples": [[{"role": "user", "content": "What is the capital of France?"}]],
            },
            "stream": {"type": ["boolean", "null"], "default": False, "description": "Answer with server-sent events."},
            "stream_options": {
                "type": ["object", "null"],
                "properties": {"include_usage": {"type": ["boolean", "null"]}},
                "description": "Only with `stream`.",
            },
            "temperature": _number(0, 2, "How freely words are drawn."),
            "top_p": _number(0, 1, "Draw from the likeliest words with this much probability together."),
            "top_k": _count("Draw from this many words; not every provider can be told."),
            "presence_penalty": _number(-2, 2, "Against words that were there."),
            "frequency_penalty": _number(-2, 2, "Against words that were there often."),
            "max_completion_tokens": _count("Most tokens to write, reasoning included."),
            "max_tokens": _count("The older name of `max_completion_tokens`."),
            "stop": {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}, {"type": "null"}]},
            "seed": {"type": ["integer", "null"], "minimum": -(2**63), "maximum": 2**63 - 1},
            "tools": {"type": ["array", "null"], "items": ref("ChatTool")},
            "tool_choice": {
                "description": "`required` and a function need `tools`.",
                "oneOf": [
                    {"enum": ["auto", "none", "required", None]},
                    _object(
                        {"type": {"const": "function"}, "function": _object({"name": _NAME}, "name")},
                        "type",
                        "function",
                    ),
                ],
            },
            "parallel_tool_calls": {"type": ["boolean", "null"]},
            "response_format": {
                "oneOf": [
                    {"type": "null"},
                    _object({"type": {"enum": ["text", "json_object"]}}, "type"),
                    _object({"type": {"const": "json_schema"}, "json_schema": _JSON_SCHEMA}, "type", "json_schema"),
                ]
            },
            "reasoning_effort": or_null(_TEXT) | {"examples": ["low"]},
            "n": _count("How many choices; several come from providers that speak this API.") | {"maximum": 128},
            "fallback_models": {
                "type": "array",
                "items": _NAME,
                "description": "Chimera's own: models to ask, in order, when the first cannot answer.",
                "examples": [["anthropic/claude-haiku-5-5"]],
            },
        },
        "model",
        "messages",
        **_ONLY_WHEN_STREAMED,
        description="As OpenAI's, with `fallback_models` added. Other fields of OpenAI's, and of its "
        "imitators, are handed on to providers that take them, and named in the header `x-chimera-lost` elsewhere.",
    ),
    "EmbeddingRequest": _object(
        {
            "model": _MODEL | {"examples": ["openai/text-embedding-3-small"]},
            "input": {
                "oneOf": [
                    _NAME,
                    {"type": "array", "minItems": 1, "items": _NAME},
                    _TOKENS,
                    {"type": "array", "minItems": 1, "items": _TOKENS},
                ],
                "description": "A text or several, or their tokens in OpenAI's vocabulary for the model, `cl100k_base` "
                "where it has none.",
                "examples": ["Good morning"],
            },
            "encoding_format": {"enum": ["float", "base64", None], "default": "float"},
            "user": or_null(_TEXT),
            "dimensions": _count("Numbers of each vector, where the model can shorten them.") | {"maximum": 65_536},
        },
        "model",
        "input",
    ),
}

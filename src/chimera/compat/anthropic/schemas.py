"""What the surface takes and answers, as JSON Schema. Written by hand from what `wires.anthropic_messages` does."""

from typing import Final

from chimera.compat.described import Json, ref

_TEXT: Final[Json] = {"type": "string"}
_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": 512}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_BASE64: Final[Json] = {"type": "string", "examples": ["iVBORw0KGgo="]}
_LINK: Final[Json] = {"type": "string", "pattern": "^https?://", "examples": ["https://example.com/a.png"]}
_CACHE: Final[Json] = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"const": "ephemeral"}, "ttl": {"enum": ["5m", "1h"]}},
    "description": "A mark for the prompt cache, on a block of any type. It reaches providers that have such marks.",
}


def _object(properties: Json, *required: str, **more: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def _block(kind: str, *required: str, **properties: Json) -> Json:
    return _object({"type": {"const": kind}, **properties}, "type", *(required or properties))


def _marked(kind: str, *required: str, **properties: Json) -> Json:
    return _block(kind, *required, **properties, cache_control=_CACHE)


_IMAGE: Final = _block(
    "image",
    "source",
    source={
        "oneOf": [
            _block("base64", media_type={"enum": ["image/png", "image/jpeg", "image/gif", "image/webp"]}, data=_BASE64),
            _block("url", url=_LINK),
        ]
    },
)
_DOCUMENT: Final = _block(
    "document",
    "source",
    source={
        "oneOf": [
            _block("base64", media_type={"const": "application/pdf"}, data=_BASE64),
            _block("text", media_type={"const": "text/plain"}, data=_TEXT),
            _block("url", url=_LINK),
        ]
    },
    title={"type": ["string", "null"]},
    citations={"type": "object", "properties": {"enabled": {"type": "boolean"}}},
)
_SAID: Final = _marked("text", "text", text=_TEXT)
_SHOWN: Final = [_SAID, _IMAGE, _DOCUMENT]
_RESULT: Final = _marked(
    "tool_result",
    "tool_use_id",
    tool_use_id=_NAME,
    content={"oneOf": [_TEXT, {"type": "array", "items": {"oneOf": _SHOWN}}]},
    is_error={"type": "boolean"},
)
_THINKING: Final = _block("thinking", thinking=_TEXT, signature=_TEXT)
_REDACTED: Final = _block("redacted_thinking", data=_TEXT)
_CALL: Final = _block("tool_use", id=_NAME, name=_NAME, input={"type": "object"})


def _message(role: str, blocks: list[Json]) -> Json:
    content = {"oneOf": [_TEXT, {"type": "array", "items": {"oneOf": blocks}}]}
    return _object({"role": {"const": role}, "content": content}, "role", "content")


_TOOL: Final = _object(
    {
        "type": {"enum": ["custom", None]},
        "name": _NAME,
        "description": _TEXT,
        "input_schema": {"type": "object", "description": "A JSON Schema."},
        "strict": {"type": ["boolean", "null"]},
    },
    "name",
    "input_schema",
    description="A tool of the caller. Tools that Anthropic runs reach Anthropic only.",
)
_FORMAT: Final = _block("json_schema", schema={"type": "object"})
_COUNTED: Final[Json] = {
    "model": _NAME | {"description": "`GET /v1/models` lists them.", "examples": ["anthropic/claude-sonnet-5-5"]},
    "messages": {
        "type": "array",
        "minItems": 1,
        "maxItems": 100_000,
        "items": ref("AnthropicMessageParam"),
        "examples": [[{"role": "user", "content": "What is the capital of France?"}]],
    },
    "system": {"oneOf": [_TEXT, {"type": "array", "items": _SAID}]},
    "tools": {"type": "array", "items": _TOOL},
}
_PROMPT: Final[Json] = {
    **_COUNTED,
    "tool_choice": {
        "oneOf": [
            _object({"type": {"enum": ["auto", "any"]}, "disable_parallel_tool_use": {"type": "boolean"}}, "type"),
            _block("tool", name=_NAME),
            _block("none"),
        ],
        "description": "`any` and a tool need `tools`.",
    },
    "thinking": {
        "oneOf": [
            _block("enabled", budget_tokens={"type": "integer", "minimum": 1024, "maximum": 100_000}),
            _block("adaptive"),
            _block("disabled"),
        ]
    },
    "output_config": _object(
        {"effort": {"enum": ["low", "medium", "high", "xhigh", "max"]}, "format": _FORMAT},
        description="How much to think, and the schema that the answer must have.",
    ),
}
_USAGE: Final = _object(
    {
        "input_tokens": _COUNT,
        "output_tokens": _COUNT,
        "cache_creation_input_tokens": {"type": ["integer", "null"]},
        "cache_read_input_tokens": {"type": ["integer", "null"]},
    },
    "input_tokens",
    "output_tokens",
)
_REASONS: Final = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"]

SCHEMAS: Final[Json] = {
    "AnthropicMessageParam": {
        "description": "A message of the conversation; a last one of the assistant begins the answer.",
        "oneOf": [
            _message("user", [*_SHOWN, _RESULT]),
            _message("assistant", [_SAID, _THINKING, _REDACTED, _CALL]),
            _message("system", [_SAID]),
        ],
    },
    "AnthropicMessageRequest": _object(
        {
            **_PROMPT,
            "max_tokens": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
            "stream": {"type": "boolean", "default": False, "description": "Answer with server-sent events."},
            "stop_sequences": {"type": "array", "items": _TEXT},
            "temperature": {"type": "number", "minimum": 0, "maximum": 2, "description": "Claude ends at 1."},
            "top_p": {"type": "number", "minimum": 0, "maximum": 1},
            "top_k": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
            "metadata": _object({"user_id": {"type": ["string", "null"]}}),
            "fallback_models": {
                "type": "array",
                "items": _NAME,
                "maxItems": 16,
                "description": "Chimera's own: models to ask, in order, when the first cannot answer.",
                "examples": [["openai/gpt-5"]],
            },
        },
        "model",
        "messages",
        "max_tokens",
        description="As Anthropic's, with `fallback_models` added. Everything reaches Anthropic as it came; other "
        "providers are told what they can be told, and `x-chimera-lost` names the rest.",
    ),
    "AnthropicCountRequest": _object(
        _COUNTED, "model", "messages", description="The prompt of a message; what else a message takes is welcome too."
    ),
    "AnthropicCount": _object({"input_tokens": _COUNT}, "input_tokens"),
    "AnthropicMessage": _object(
        {
            "id": _TEXT,
            "type": {"const": "message"},
            "role": {"const": "assistant"},
            "model": _TEXT,
            "content": {"type": "array", "items": _object({"type": _TEXT}, "type")},
            "stop_reason": {"enum": _REASONS},
            "stop_sequence": {"type": ["string", "null"]},
            "usage": _USAGE,
        },
        "id",
        "type",
        "role",
        "model",
        "content",
        "stop_reason",
        "stop_sequence",
        "usage",
    ),
    "AnthropicError": _object(
        {
            "type": {"const": "error"},
            "error": _object(
                {
                    "type": _TEXT | {"examples": ["not_found_error"]},
                    "message": _TEXT,
                    "code": _TEXT | {"description": "Stable, and Chimera's own."},
                    "param": _TEXT | {"description": "Path of the field that is wrong."},
                },
                "type",
                "message",
                "code",
            ),
            "request_id": _TEXT,
        },
        "type",
        "error",
        "request_id",
    ),
}

"""What the surface answers, as JSON Schema. What is forwarded may have more fields, and lacks those marked optional."""

from typing import Final

from chimera.compat.described import Json, ref
from chimera.compat.openai.request_schemas import or_null

_TEXT: Final[Json] = {"type": "string"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_TOOL_CALL: Final[Json] = {
    "id": _TEXT,
    "type": {"const": "function"},
    "function": {
        "type": "object",
        "required": ["arguments"],
        "properties": {"name": _TEXT, "arguments": _TEXT | {"description": "JSON text as the model wrote it."}},
    },
    "extra_content": {"type": "object", "description": "Gemini's thought signature: send it back as it came."},
}
_THOUGHT: Final = {"type": "string", "description": "Reasoning that the model showed."}


def _object(properties: Json, *, optional: tuple[str, ...] = (), description: str = "") -> Json:
    told: Json = {"description": description} if description else {}
    required = [name for name in properties if name not in optional]
    return {"type": "object", **told, "required": required, "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_SIGNED: Final = _list({"type": "object"}) | {
    "description": "Reasoning with its maker's proof, in OpenRouter's form. Give it back as it is: models that reason "
    "between calls of tools need it."
}
_MESSAGE: Final = _object(
    {
        "role": {"const": "assistant"},
        "content": or_null(_TEXT),
        "refusal": or_null(_TEXT),
        "annotations": _list({"type": "object"}),
        "reasoning_content": _THOUGHT,
        "reasoning_details": _SIGNED,
        "tool_calls": _list(_object(_TOOL_CALL, optional=("extra_content",))),
    },
    optional=("reasoning_content", "reasoning_details", "tool_calls"),
)
_DELTA: Final = _object(
    {
        "role": {"const": "assistant"},
        "content": or_null(_TEXT),
        "refusal": or_null(_TEXT),
        "annotations": _list({"type": "object"}),
        "reasoning_content": _THOUGHT,
        "reasoning_details": _SIGNED,
        "tool_calls": _list({"type": "object", "required": ["index"], "properties": {"index": _COUNT} | _TOOL_CALL}),
    },
    optional=("role", "content", "refusal", "annotations", "reasoning_content", "reasoning_details", "tool_calls"),
)
_REASON: Final = ["stop", "length", "tool_calls", "content_filter"]


def _choice(name: str, told: Json, reasons: list[str | None]) -> Json:
    fields = {"index": _COUNT, name: told, "logprobs": {"type": ["object", "null"]}, "finish_reason": {"enum": reasons}}
    return _list(_object(fields))


SCHEMAS: Final[Json] = {
    "ChatCompletion": _object(
        {
            "id": _TEXT | {"examples": ["chatcmpl-0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"]},
            "object": {"const": "chat.completion"},
            "created": _COUNT,
            "model": _TEXT | {"examples": ["gpt-5"]},
            "choices": _choice("message", _MESSAGE, [*_REASON]),
            "usage": ref("ChatUsage"),
        },
        optional=("usage",),
        description="A whole answer.",
    ),
    "ChatCompletionChunk": _object(
        {
            "id": _TEXT,
            "object": {"const": "chat.completion.chunk"},
            "created": _COUNT,
            "model": _TEXT,
            "choices": _choice("delta", _DELTA, [*_REASON, None]),
            "usage": {"oneOf": [ref("ChatUsage"), {"type": "null"}]},
        },
        optional=("usage",),
        description="A piece of a streamed answer.",
    ),
    "ChatUsage": _object(
        {
            "prompt_tokens": _COUNT,
            "completion_tokens": _COUNT,
            "total_tokens": _COUNT,
            "prompt_tokens_details": _object(
                {"cached_tokens": _COUNT, "cache_write_tokens": _COUNT, "audio_tokens": _COUNT},
                optional=("cache_write_tokens", "audio_tokens"),
            ),
            "completion_tokens_details": _object(
                {
                    "reasoning_tokens": _COUNT,
                    "audio_tokens": _COUNT,
                    "accepted_prediction_tokens": _COUNT,
                    "rejected_prediction_tokens": _COUNT,
                },
                optional=("audio_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"),
            ),
        },
        description="Cached tokens are part of the prompt, reasoning is part of the completion.",
    ),
    "EmbeddingList": _object(
        {
            "object": {"const": "list"},
            "data": _list(
                _object(
                    {
                        "object": {"const": "embedding"},
                        "index": _COUNT,
                        "embedding": {
                            "description": "Numbers, or 32-bit floats packed as base64.",
                            "oneOf": [_list({"type": "number"}), _TEXT],
                        },
                    }
                )
            ),
            "model": _TEXT,
            "usage": _object({"prompt_tokens": _COUNT, "total_tokens": _COUNT}),
        }
    ),
    "OpenAIModel": _object(
        {
            "id": _TEXT | {"examples": ["openai/gpt-5"]},
            "object": {"const": "model"},
            "created": _COUNT | {"description": "0: providers do not tell."},
            "owned_by": _TEXT | {"examples": ["openai"]},
        }
    ),
    "OpenAIModelList": _object({"object": {"const": "list"}, "data": _list(ref("OpenAIModel"))}),
    "OpenAIError": _object(
        {
            "error": _object(
                {
                    "message": _TEXT,
                    "type": _TEXT | {"examples": ["invalid_request_error"]},
                    "param": or_null(_TEXT) | {"description": "Path of the field that is wrong, where it is one."},
                    "code": _TEXT | {"description": "Stable.", "examples": ["model_not_found"]},
                }
            ),
            "request_id": _TEXT,
        },
        description="OpenAI's error shape.",
    ),
}

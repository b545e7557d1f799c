"""What the Responses API takes and answers, as JSON Schema. Written by hand from what `wires.openai_responses` does."""

from typing import Final

from chimera.compat.described import Json, ref
from chimera.compat.openai.request_schemas import or_null

_TEXT: Final[Json] = {"type": "string"}
_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": 512}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_FLAG: Final[Json] = {"type": ["boolean", "null"]}
_ID: Final[Json] = _TEXT | {"examples": ["resp_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"]}


def _object(properties: Json, *, optional: tuple[str, ...] = (), **more: object) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties, **more}


def _list(items: Json, **more: object) -> Json:
    return {"type": "array", "items": items, **more}


def _number(low: float, high: float) -> Json:
    return {"type": ["number", "null"], "minimum": low, "maximum": high}


_TOOL: Final = _object(
    {"type": _TEXT | {"examples": ["function"]}},
    description="`function` and `custom` tools are translated for every provider; what only OpenAI can run "
    "(`web_search`, …) is left out for others and named in `x-chimera-lost`.",
)
_FORMAT: Final[Json] = {
    "description": "`text`, `json_object`, or `json_schema` with `name` and `schema`.",
    "type": "object",
    "properties": {"type": {"enum": ["text", "json_object", "json_schema"]}},
}
_STATUS: Final[Json] = {"enum": ["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]}
_ITEM: Final[Json] = {
    "description": "A message, reasoning, a call of a tool or its result, as OpenAI describes them.",
    "type": "object",
    "required": ["type"],
    "properties": {"type": _TEXT | {"examples": ["message"]}, "id": _TEXT},
}

SCHEMAS: Final[Json] = {
    "ResponseItem": _ITEM,
    "ResponseRequest": {
        "type": "object",
        "required": ["model"],
        "properties": {
            "model": _NAME | {"description": "`GET /v1/models` lists them.", "examples": ["anthropic/claude-opus-5"]},
            "input": {
                "description": "A text, or items: messages, calls and their results, reasoning.",
                "oneOf": [_TEXT, _list({"type": "object"}, maxItems=100_000)],
                "examples": ["What is the capital of France?"],
            },
            "instructions": or_null(_TEXT) | {"description": "For this request only; they are not continued."},
            "previous_response_id": or_null(_TEXT)
            | {
                "description": "A stored response of the same caller, whichever model gave it. All that it was made "
                "from is sent along, for at most 1000 responses."
            },
            "store": _FLAG | {"default": True, "description": "Keep the response for 30 days after it was last used."},
            "background": _FLAG
            | {"default": False, "description": "Answer at once and go on alone; needs `store`. Ask for it again."},
            "stream": _FLAG | {"default": False, "description": "Answer with server-sent events."},
            "include": {"type": ["array", "null"], "items": _TEXT},
            "tools": {"type": ["array", "null"], "items": _TOOL, "maxItems": 1024},
            "tool_choice": {"description": "`auto`, `none`, `required`, or a tool that is offered."},
            "parallel_tool_calls": _FLAG,
            "temperature": _number(0, 2),
            "top_p": _number(0, 1),
            "max_output_tokens": {"type": ["integer", "null"], "minimum": 1, "maximum": 2**31 - 1},
            "text": {"type": ["object", "null"], "properties": {"format": _FORMAT, "verbosity": or_null(_TEXT)}},
            "reasoning": {"type": ["object", "null"], "properties": {"effort": or_null(_TEXT)}},
            "metadata": {"type": ["object", "null"], "additionalProperties": _TEXT, "maxProperties": 16},
            "truncation": {"enum": ["auto", "disabled", None]},
            "fallback_models": _list(
                _NAME,
                maxItems=16,
                description="Chimera's own: models to ask, in order, when the first cannot answer.",
                examples=[["openai/gpt-5"]],
            ),
        },
        "description": "As OpenAI's, with `fallback_models` added. `conversation` and `prompt` are refused; other "
        "fields of OpenAI's are handed on to providers that speak this API, and named in `x-chimera-lost` where they "
        "cannot be.",
    },
    "Response": _object(
        {
            "id": _ID,
            "object": {"const": "response"},
            "created_at": _COUNT,
            "status": _STATUS,
            "model": _TEXT | {"examples": ["claude-opus-5"]},
            "output": _list(ref("ResponseItem")),
            "error": {
                "oneOf": [
                    {"type": "null"},
                    {
                        "type": "object",
                        "required": ["code", "message"],
                        "properties": {"code": _TEXT, "message": _TEXT},
                    },
                ]
            },
            "incomplete_details": {"type": ["object", "null"]},
            "instructions": {"description": "As they were sent."},
            "previous_response_id": or_null(_TEXT),
            "background": _FLAG,
            "store": _FLAG,
            "tools": _list({"type": "object"}),
            "usage": {"oneOf": [ref("ResponseUsage"), {"type": "null"}]},
        },
        optional=("incomplete_details", "instructions", "background", "store", "tools", "usage"),
        description="An answer, or what there is of it; it repeats the request's settings.",
    ),
    "ResponseUsage": _object(
        {
            "input_tokens": _COUNT,
            "input_tokens_details": _object({"cached_tokens": _COUNT}),
            "output_tokens": _COUNT,
            "output_tokens_details": _object({"reasoning_tokens": _COUNT}),
            "total_tokens": _COUNT,
        },
        description="Cached tokens are part of the input, reasoning is part of the output.",
    ),
    "ResponseItemList": _object(
        {
            "object": {"const": "list"},
            "data": _list(ref("ResponseItem")),
            "first_id": or_null(_TEXT),
            "last_id": or_null(_TEXT),
            "has_more": {"type": "boolean"},
        }
    ),
    "ResponseDeleted": _object({"id": _ID, "object": {"const": "response"}, "deleted": {"const": True}}),
    "ResponseCompaction": _object(
        {
            "id": _ID,
            "object": {"const": "response.compaction"},
            "created_at": _COUNT,
            "output": _list(ref("ResponseItem")),
            "usage": {"oneOf": [ref("ResponseUsage"), {"type": "null"}]},
        },
        description="What to send as `input` from now on, with what comes next.",
    ),
    "ResponseInputTokens": _object({"object": {"const": "response.input_tokens"}, "input_tokens": _COUNT}),
}

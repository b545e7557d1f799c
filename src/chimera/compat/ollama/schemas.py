"""What Ollama's API takes and answers here, as JSON Schema. Written by hand from what `wires.ollama` does."""

from typing import Final

from chimera.compat.described import Json

_TEXT: Final[Json] = {"type": "string"}
_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": 512, "examples": ["openai/gpt-5"]}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_IMAGES: Final[Json] = {
    "type": ["array", "null"],
    "description": "Base64.",
    "items": {"type": "string", "pattern": "^[A-Za-z0-9+/]*=*$", "examples": ["iVBORw0KGgo="]},
}


def _object(properties: Json, *required: str, **more: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def _maybe(kind: str, **more: object) -> Json:
    return {"type": [kind, "null"], **more}


_ASKED: Final[Json] = {
    "model": _NAME,
    "stream": _maybe("boolean", default=True, description="Lines of JSON, unless it is false."),
    "format": {
        "anyOf": [{"type": "object"}, {"enum": ["json", "", None]}],
        "description": "`json`, or a JSON Schema.",
    },
    "think": {"type": ["boolean", "string", "null"], "examples": [True, "high"]},
    "options": {
        "type": ["object", "null"],
        "description": "What is not listed reaches Ollama as it is; for others it is named as lost.",
        "properties": {
            "temperature": _maybe("number", minimum=0, maximum=2),
            "top_p": _maybe("number", minimum=0, maximum=1),
            "num_predict": _maybe("integer", minimum=-(2**31), maximum=2**31 - 1),
            "stop": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}, {"type": "null"}]},
            "seed": _maybe("integer", minimum=-(2**31), maximum=2**31 - 1),
        },
    },
    "fallback_models": {
        "type": "array",
        "items": _NAME,
        "maxItems": 16,
        "description": "Chimera's own: models to ask, in order, when the first cannot answer.",
    },
}
_MESSAGE: Final = _object(
    {
        "role": {"enum": ["system", "user", "assistant", "tool"]},
        "content": _maybe("string"),
        "thinking": _maybe("string"),
        "images": _IMAGES,
        "tool_calls": _maybe("array", items=_object({"function": _object({"name": _TEXT}, "name")}, "function")),
        "tool_name": _maybe("string"),
        "tool_call_id": _maybe("string"),
    },
    "role",
)
_TOOL: Final = _object(
    {"type": {"const": "function"}, "function": _object({"name": _NAME, "description": _maybe("string")}, "name")},
    "function",
)
_ENDED: Final[Json] = {
    "model": _TEXT,
    "created_at": {"type": "string", "format": "date-time"},
    "done": {"type": "boolean"},
    "done_reason": _TEXT,
    "total_duration": {"type": "integer", "description": "Nanoseconds, as all durations."},
    "load_duration": _COUNT,
    "prompt_eval_count": _COUNT,
    "prompt_eval_duration": {"type": "integer"},
    "eval_count": _COUNT,
    "eval_duration": {"type": "integer"},
}
_EMBED: Final[Json] = {"model": _NAME, "dimensions": _maybe("integer", minimum=0, maximum=65_536)}

SCHEMAS: Final[Json] = {
    "OllamaChatRequest": _object(
        {**_ASKED, "messages": _maybe("array", items=_MESSAGE), "tools": _maybe("array", items=_TOOL)},
        "model",
        description="As Ollama's, with `fallback_models` added. Without messages the model is only looked for.",
        examples=[
            {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "What is the capital of France?"}]}
        ],
    ),
    "OllamaGenerateRequest": _object(
        {**_ASKED, "prompt": _maybe("string"), "system": _maybe("string"), "images": _IMAGES},
        "model",
        description="As Ollama's. `suffix`, `template`, `raw` and `context` are for models of Ollama only.",
        examples=[{"model": "openai/gpt-5", "prompt": "What is the capital of France?"}],
    ),
    "OllamaChat": _object({**_ENDED, "message": {"type": "object"}}, "model", "message", "done"),
    "OllamaGeneration": _object({**_ENDED, "response": _TEXT, "thinking": _TEXT}, "model", "response", "done"),
    "OllamaEmbedRequest": _object(
        {
            **_EMBED,
            "input": {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                ]
            },
        },
        "model",
        "input",
        examples=[{"model": "openai/text-embedding-3-small", "input": ["A text"]}],
    ),
    "OllamaEmbeddings": _object(
        {
            "model": _TEXT,
            "embeddings": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "total_duration": _COUNT,
            "load_duration": _COUNT,
            "prompt_eval_count": _COUNT,
        },
        "embeddings",
    ),
    "OllamaEmbedOneRequest": _object(
        {**_EMBED, "prompt": {"type": "string", "minLength": 1}},
        "model",
        "prompt",
        examples=[{"model": "openai/text-embedding-3-small", "prompt": "A text"}],
    ),
    "OllamaEmbedding": _object({"embedding": {"type": "array", "items": {"type": "number"}}}, "embedding"),
    "OllamaShowRequest": _object({"model": _NAME}, "model", examples=[{"model": "openai/gpt-5"}]),
    "OllamaDetails": _object(
        {
            "details": {"type": "object"},
            "model_info": {"type": "object"},
            "capabilities": {"type": "array", "items": _TEXT},
        },
        "details",
        "model_info",
        "capabilities",
    ),
    "OllamaModels": _object(
        {"models": {"type": "array", "items": _object({"name": _TEXT, "model": _TEXT}, "name", "model")}}, "models"
    ),
    "OllamaVersion": _object({"version": _TEXT}, "version"),
    "OllamaError": _object(
        {"error": _TEXT, "code": {"type": "string", "description": "Stable.", "examples": ["model_not_found"]}},
        "error",
        "code",
    ),
}

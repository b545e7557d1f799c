"""What Gemini's API takes and answers here, as JSON Schema. Written by hand from what `wires.gemini` does."""

from typing import Final

from chimera.compat.described import Json, ref

_TEXT: Final[Json] = {"type": "string"}
_WORDS: Final[Json] = {"type": "string", "minLength": 1}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_SCHEMA: Final[Json] = {"type": ["object", "null"], "description": "JSON Schema."}


def _object(properties: Json, *required: str, **more: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def _maybe(kind: str, **more: object) -> Json:
    return {"type": [kind, "null"], **more}


def _one_or_many(schema: Json) -> Json:
    return {"anyOf": [{"type": "array", "items": schema}, schema]}


_CALL: Final = _object({"id": _maybe("string"), "name": _TEXT, "args": _maybe("object")}, "name")
_RESPONSE: Final = _object({"id": _maybe("string"), "name": _TEXT, "response": _maybe("object")})
_BLOB: Final = _object({"mimeType": _TEXT, "data": {"type": "string", "examples": ["iVBORw0KGgo="]}})
_CONFIG: Final[Json] = {
    "type": ["object", "null"],
    "description": "What is not listed reaches Google as it is; for others it is named as lost.",
    "properties": {
        "temperature": _maybe("number", minimum=0, maximum=2),
        "topP": _maybe("number", minimum=0, maximum=1),
        "maxOutputTokens": _maybe("integer", minimum=1, maximum=2**31 - 1),
        "stopSequences": _maybe("array", items=_TEXT),
        "seed": _maybe("integer", minimum=-(2**31), maximum=2**31 - 1),
        "presencePenalty": _maybe("number", minimum=-2, maximum=2),
        "frequencyPenalty": _maybe("number", minimum=-2, maximum=2),
        "responseMimeType": _maybe("string", examples=["application/json"]),
        "responseSchema": _maybe("object", description="Google's dialect of OpenAPI's schemas."),
        "responseJsonSchema": _SCHEMA,
        "thinkingConfig": {
            "type": ["object", "null"],
            "properties": {
                "includeThoughts": _maybe("boolean"),
                "thinkingBudget": _maybe("integer", minimum=-1, maximum=2**31 - 1),
                "thinkingLevel": _maybe("string", examples=["LOW", "HIGH"]),
            },
        },
    },
}
_USAGE: Final = _object(
    {
        "promptTokenCount": _COUNT,
        "candidatesTokenCount": _COUNT,
        "thoughtsTokenCount": _COUNT,
        "cachedContentTokenCount": _COUNT,
        "totalTokenCount": _COUNT,
    }
)

SCHEMAS: Final[Json] = {
    "GeminiPart": _object(
        {
            "text": _maybe("string"),
            "thought": _maybe("boolean"),
            "thoughtSignature": _maybe("string"),
            "inlineData": {"anyOf": [_BLOB, {"type": "null"}]},
            "functionCall": {"anyOf": [_CALL, {"type": "null"}]},
            "functionResponse": {"anyOf": [_RESPONSE, {"type": "null"}]},
        }
    ),
    "GeminiContent": _object(
        {"role": {"enum": ["user", "model", "function", "system", None]}, "parts": _one_or_many(ref("GeminiPart"))},
        "parts",
    ),
    "GeminiRequest": _object(
        {
            "contents": {**_one_or_many(ref("GeminiContent")), "minItems": 1},
            "systemInstruction": {"anyOf": [ref("GeminiContent"), _TEXT, {"type": "null"}]},
            "tools": _maybe("array", items={"type": "object"}),
            "toolConfig": _maybe("object"),
            "generationConfig": _CONFIG,
            "fallbackModels": {
                "type": "array",
                "items": _TEXT,
                "maxItems": 16,
                "description": "Chimera's own: models to ask, in order, when the first cannot answer.",
            },
        },
        "contents",
        description="As Google's, in either of its spellings. Built-in tools, other modalities and cached prompts are "
        "Google's alone: with another provider's model they are refused.",
        examples=[
            {
                "contents": [{"role": "user", "parts": [{"text": "What is the capital of France?"}]}],
                "generationConfig": {"maxOutputTokens": 100},
            }
        ],
    ),
    "GeminiAnswer": _object(
        {
            "candidates": {"type": "array", "items": {"type": "object"}},
            "promptFeedback": {"type": "object"},
            "usageMetadata": _USAGE,
            "modelVersion": _TEXT,
            "responseId": _TEXT,
        }
    ),
    "GeminiCountRequest": {
        "description": "A conversation, or a whole request as `generateContentRequest`.",
        "anyOf": [
            ref("GeminiRequest"),
            _object({"generateContentRequest": ref("GeminiRequest")}, "generateContentRequest"),
        ],
        "examples": [{"contents": [{"parts": [{"text": "How many tokens is this?"}]}]}],
    },
    "GeminiCount": _object({"totalTokens": _COUNT}),
    "GeminiEmbedRequest": _object(
        {
            "content": _object(
                {
                    "parts": {
                        "type": "array",
                        "minItems": 1,
                        "items": _object({"text": {"type": "string", "minLength": 1}}, "text"),
                    }
                },
                "parts",
            ),
            "outputDimensionality": _maybe("integer", minimum=1, maximum=65_536),
            "taskType": _maybe("string", description="Reaches Google's models."),
            "title": _maybe("string", description="Reaches Google's models."),
        },
        "content",
        examples=[{"content": {"parts": [{"text": "A text"}]}}],
    ),
    "GeminiBatchEmbedRequest": _object(
        {"requests": {"type": "array", "minItems": 1, "maxItems": 10_000, "items": ref("GeminiEmbedRequest")}},
        "requests",
        examples=[{"requests": [{"content": {"parts": [{"text": "A text"}]}}]}],
    ),
    "GeminiEmbedding": _object({"embedding": {"type": "object"}}, "embedding"),
    "GeminiEmbeddings": _object({"embeddings": {"type": "array", "items": {"type": "object"}}}, "embeddings"),
    "GeminiModel": _object(
        {
            "name": _TEXT,
            "displayName": _TEXT,
            "inputTokenLimit": _COUNT,
            "outputTokenLimit": _COUNT,
            "supportedGenerationMethods": {"type": "array", "items": _TEXT},
            "thinking": {"type": "boolean"},
        },
        "name",
        "supportedGenerationMethods",
    ),
    "GeminiModelList": _object(
        {"models": {"type": "array", "items": ref("GeminiModel")}, "nextPageToken": _TEXT}, "models"
    ),
    "GeminiError": _object(
        {
            "error": _object(
                {
                    "code": {"type": "integer"},
                    "message": _TEXT,
                    "status": _TEXT,
                    "details": {
                        "type": "array",
                        "items": {"type": "object"},
                        "description": "`ErrorInfo` with our stable code as `reason` and the request's id; "
                        "`BadRequest` with the field; `RetryInfo` with how long to wait.",
                    },
                },
                "code",
                "message",
                "status",
                "details",
            )
        },
        "error",
    ),
}

"""What `/docs` says of this surface: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

ERRORS = (400, 401, 403, 404, 413, 429, 500, 503, 504)
SCHEMAS: Json = {
    "OpenAIError": {
        "type": "object",
        "description": "OpenAI's error shape. `code` is stable.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "type": {"type": "string", "examples": ["invalid_request_error"]},
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"], "examples": ["model_not_found"]},
                },
            }
        },
    },
    "ChatCompletionRequest": {
        "type": "object",
        "description": "As OpenAI's, with `fallback_models` added. `n` above 1, `logprobs` and audio are refused.",
        "required": ["model", "messages"],
        "properties": {
            "model": {"type": "string", "examples": ["local/smollm2-135m-instruct"]},
            "messages": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["role"],
                    "properties": {
                        "role": {"enum": ["system", "developer", "user", "assistant", "tool"]},
                        "content": {"type": ["string", "array", "null"], "items": {"type": "object"}},
                        "name": {"type": "string"},
                        "tool_calls": {"type": "array", "items": {"type": "object"}},
                        "tool_call_id": {"type": "string"},
                    },
                },
                "examples": [[{"role": "user", "content": "What is the capital of France?"}]],
            },
            "stream": {"type": "boolean", "default": False},
            "stream_options": {"type": "object", "properties": {"include_usage": {"type": "boolean"}}},
            "temperature": {"type": ["number", "null"], "minimum": 0, "maximum": 2},
            "top_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            "max_completion_tokens": {"type": ["integer", "null"], "minimum": 1},
            "stop": {"type": ["string", "array", "null"], "items": {"type": "string"}},
            "seed": {"type": ["integer", "null"]},
            "tools": {"type": "array", "items": {"type": "object"}},
            "tool_choice": {"type": ["string", "object"]},
            "parallel_tool_calls": {"type": "boolean"},
            "response_format": {"type": "object"},
            "reasoning_effort": {"type": ["string", "null"]},
            "fallback_models": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Chimera's own: models to ask, in order, when the first cannot answer.",
            },
        },
    },
    "EmbeddingRequest": {
        "type": "object",
        "required": ["model", "input"],
        "properties": {
            "model": {"type": "string"},
            "input": {"type": ["string", "array"], "items": {"type": "string"}, "examples": ["Good morning"]},
            "encoding_format": {"enum": ["float", "base64"]},
            "dimensions": {"type": "integer", "minimum": 1},
        },
    },
}


def _answers(description: str, *, streamed: bool = False) -> Json:
    content: Json = {"application/json": {"schema": {"type": "object"}}}
    if streamed:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    failure = {
        "description": "An error in OpenAI's shape",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
    }
    return {"200": {"description": description, "content": content}} | {str(status): failure for status in ERRORS}


def _operation(summary: str, answers: Json, *, body: str | None = None, parameters: list[Json] | None = None) -> Json:
    operation: Json = {"tags": ["openai"], "summary": summary, "responses": answers, "security": [{"key": []}]}
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if parameters:
        operation["parameters"] = parameters
    return operation


MODEL_PARAMETER: Json = {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}
PATHS: Json = {
    "/v1/chat/completions": {
        "post": _operation(
            "Ask a model", _answers("A chat completion, or its chunks", streamed=True), body="ChatCompletionRequest"
        )
    },
    "/v1/embeddings": {"post": _operation("Turn texts into vectors", _answers("The vectors"), body="EmbeddingRequest")},
    "/v1/models": {"get": _operation("List the models", _answers("Every model that can be asked"))},
    "/v1/models/{model}": {
        "get": _operation("Describe a model", _answers("The model"), parameters=[MODEL_PARAMETER]),
    },
}

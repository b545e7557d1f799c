"""What `/docs` says of this surface: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Final

from chimera.compat.described import ANSWER_HEADERS, STRICT, TIMEOUT, Json, json_of, ref
from chimera.compat.openai import answer_schemas, request_schemas
from chimera.tenancy.permissions import CHAT, MODELS_READ

SCHEMAS: Final[Json] = request_schemas.SCHEMAS | answer_schemas.SCHEMAS
_ERRORS: Final = {
    400: "The request is wrong, and `param` says where; or the model refused it.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is no such model.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many calls, here or at the provider. `retry-after` says when to come back.",
    503: "No provider could answer.",
    504: "It took too long.",
}
_WITHOUT_BODY: Final = (401, 403, 503)
_STREAM_EXAMPLE: Final = (
    'data: {"id":"chatcmpl-0199…","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5","choices":'
    '[{"index":0,"delta":{"content":"Paris"},"logprobs":null,"finish_reason":null}]}\n\ndata: [DONE]\n\n'
)
_MODEL: Final[Json] = {
    "name": "model",
    "in": "path",
    "required": True,
    "description": "Its id; the slash in it may stand as it is.",
    "schema": {"type": "string", "minLength": 1},
    "example": "openai/gpt-5",
}


def _answers(description: str, content: Json, errors: tuple[int, ...], headers: Json | None = None) -> Json:
    good: Json = {"description": description, "content": content, **({"headers": headers} if headers else {})}
    error = {"application/json": {"schema": ref("OpenAIError")}}
    return {"200": good} | {str(status): {"description": _ERRORS[status], "content": error} for status in errors}


def _body(schema: str) -> Json:
    return {"required": True, "content": json_of(schema)}


PATHS: Final[Json] = {
    "/v1/chat/completions": {
        "post": {
            "operationId": "create_chat_completion",
            "tags": ["openai"],
            "summary": "Ask a model",
            "description": "With `stream` the answer comes as server-sent events. The data of each is a "
            "`ChatCompletionChunk`, that of the last is `[DONE]`; of a stream that breaks it is an `OpenAIError`.",
            "security": [{"key": [CHAT]}],
            "parameters": [TIMEOUT, STRICT],
            "requestBody": _body("ChatCompletionRequest"),
            "responses": _answers(
                "The answer, whole or in pieces.",
                json_of("ChatCompletion")
                | {"text/event-stream": {"schema": {"type": "object"}, "example": _STREAM_EXAMPLE}},
                tuple(_ERRORS),
                ANSWER_HEADERS,
            ),
        }
    },
    "/v1/embeddings": {
        "post": {
            "operationId": "create_embedding",
            "tags": ["openai"],
            "summary": "Turn texts into vectors",
            "description": "One vector for each text, in their order.",
            "security": [{"key": [CHAT]}],
            "parameters": [TIMEOUT],
            "requestBody": _body("EmbeddingRequest"),
            "responses": _answers("The vectors.", json_of("EmbeddingList"), tuple(_ERRORS), ANSWER_HEADERS),
        }
    },
    "/v1/models": {
        "get": {
            "operationId": "list_openai_models",
            "tags": ["openai"],
            "summary": "List the models",
            "description": "Every model that can be asked now.",
            "security": [{"key": [MODELS_READ]}],
            "responses": _answers("The models.", json_of("OpenAIModelList"), _WITHOUT_BODY),
        }
    },
    "/v1/models/{model}": {
        "get": {
            "operationId": "retrieve_openai_model",
            "tags": ["openai"],
            "summary": "Describe a model",
            "description": "One model of the list, by its id.",
            "security": [{"key": [MODELS_READ]}],
            "parameters": [_MODEL],
            "responses": _answers("The model.", json_of("OpenAIModel"), (*_WITHOUT_BODY, 404)),
        }
    },
}

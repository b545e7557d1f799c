"""What `/docs` says of this surface: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Final

from chimera.compat.described import ANSWER_HEADERS, STRICT, TIMEOUT, Json, json_of, ref
from chimera.compat.gemini import schemas
from chimera.tenancy.permissions import CHAT, MODELS_READ

SCHEMAS: Final[Json] = schemas.SCHEMAS
_ERRORS: Final = {
    400: "The request is wrong, and `details` say where; or the model refused it.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is no such model.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many calls, here or at the provider. `RetryInfo` says when to come back.",
    503: "No provider could answer.",
    504: "It took too long.",
}
_WITHOUT_BODY: Final = (400, 401, 403, 404, 503)
_STREAM_EXAMPLE: Final = (
    'data: {"candidates":[{"content":{"parts":[{"text":"Paris"}],"role":"model"},"index":0}],"modelVersion":"gpt-5",'
    '"responseId":"0199…"}\n\n'
)
_MODEL: Final[Json] = {
    "name": "model",
    "in": "path",
    "required": True,
    "description": "Its id, with its provider or without; the slash in it may stand as it is.",
    "schema": {"type": "string", "pattern": "^([a-z]{1,20}/)?[a-z0-9][a-z0-9.-]{0,39}$"},
    "example": "openai/gpt-5",
}
_KEYS: Final = "The key may also stand in `x-goog-api-key`, or as `key` in the address. Those under `/v1` do the same."


def _answers(description: str, content: Json, errors: tuple[int, ...] = tuple(_ERRORS)) -> Json:
    good: Json = {"description": description, "content": content, "headers": ANSWER_HEADERS}
    return {"200": good} | {
        str(status): {"description": _ERRORS[status], "content": json_of("GeminiError")} for status in errors
    }


def _asked(name: str, summary: str, body: str, responses: Json, description: str = "") -> Json:
    operation = {
        "operationId": name,
        "tags": ["gemini"],
        "summary": summary,
        "description": f"{description} {_KEYS}".strip(),
        "security": [{"key": [CHAT]}],
        "parameters": [_MODEL, TIMEOUT] if body == "GeminiCountRequest" else [_MODEL, TIMEOUT, STRICT],
        "requestBody": {"required": True, "content": json_of(body)},
        "responses": responses,
    }
    return {"post": operation}


def _read(name: str, summary: str, parameters: list[Json], responses: Json) -> Json:
    operation = {
        "operationId": name,
        "tags": ["gemini"],
        "summary": summary,
        "description": _KEYS,
        "security": [{"key": [MODELS_READ]}],
        "parameters": parameters,
        "responses": responses,
    }
    return {"get": operation}


_AT: Final = "/v1beta/models/{model}"
_PAGES: Final[list[Json]] = [
    {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string", "pattern": "^[0-9]{1,9}$"},
        "example": "50",
    }
    for name, description in (("pageSize", "At most 1000."), ("pageToken", "`nextPageToken` of the last page."))
]
PATHS: Final[Json] = {
    f"{_AT}:generateContent": _asked(
        "generate_content", "Ask a model", "GeminiRequest", _answers("The answer.", json_of("GeminiAnswer"))
    ),
    f"{_AT}:streamGenerateContent": _asked(
        "stream_generate_content",
        "Ask a model, and hear its answer as it is written",
        "GeminiRequest",
        _answers(
            "The answer in pieces.",
            {
                "application/json": {"schema": {"type": "array", "items": ref("GeminiAnswer")}},
                "text/event-stream": {"schema": {"type": "object"}, "example": _STREAM_EXAMPLE},
            },
        ),
        "With `?alt=sse` pieces come as server-sent events, without as one JSON array that grows. A stream that breaks "
        "ends with a `GeminiError`.",
    ),
    f"{_AT}:countTokens": _asked(
        "count_gemini_tokens",
        "Count the tokens of a conversation",
        "GeminiCountRequest",
        _answers("The count.", json_of("GeminiCount")),
        "Google counts for its own models. For others it is done here: with the model's vocabulary where that is "
        "public, else by an estimate; `x-chimera-counted-by` says which.",
    ),
    f"{_AT}:embedContent": _asked(
        "embed_content",
        "Turn a text into a vector",
        "GeminiEmbedRequest",
        _answers("The vector.", json_of("GeminiEmbedding")),
    ),
    f"{_AT}:batchEmbedContents": _asked(
        "batch_embed_contents",
        "Turn texts into vectors",
        "GeminiBatchEmbedRequest",
        _answers("The vectors, in the order of the texts.", json_of("GeminiEmbeddings")),
    ),
    "/v1beta/models": _read(
        "list_gemini_models",
        "List the models",
        _PAGES,
        _answers("A page of them.", json_of("GeminiModelList"), _WITHOUT_BODY),
    ),
    _AT: _read(
        "get_gemini_model",
        "Describe a model",
        [_MODEL],
        _answers("The model.", json_of("GeminiModel"), _WITHOUT_BODY),
    ),
}

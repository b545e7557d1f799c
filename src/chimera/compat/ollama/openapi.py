"""What `/docs` says of this surface: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Final

from chimera.compat.described import ANSWER_HEADERS, STRICT, TIMEOUT, Json, json_of
from chimera.compat.ollama import schemas
from chimera.tenancy.permissions import CHAT, MODELS_READ

SCHEMAS: Final[Json] = schemas.SCHEMAS
_ERRORS: Final = {
    400: "The request is wrong, or the model refused it.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is no such model.",
    413: "The body is too large.",
    429: "Too many calls, here or at the provider. `retry-after` says when to come back.",
    503: "No provider could answer.",
    504: "It took too long.",
}
_READING: Final = (400, 401, 403, 404, 413, 503)


def _lines(schema: str) -> Json:
    example = '{"model":"openai/gpt-5","created_at":"2026-11-21T16:00:00Z",…,"done":false}\n'
    return {**json_of(schema), "application/x-ndjson": {"schema": {"type": "object"}, "example": example}}


def _operation(name: str, summary: str, description: str, content: Json, errors: tuple[int, ...]) -> Json:
    good: Json = {"description": "As Ollama answers.", "content": content, "headers": ANSWER_HEADERS}
    refused = {str(status): {"description": _ERRORS[status], "content": json_of("OllamaError")} for status in errors}
    return {
        "operationId": name,
        "tags": ["ollama"],
        "summary": summary,
        "description": description,
        "security": [{"key": [MODELS_READ]}],
        "responses": {"200": good} | refused,
    }


def _asked(name: str, summary: str, description: str, body: str, content: Json) -> Json:
    operation = _operation(name, summary, description, content, tuple(_ERRORS))
    parameters = [] if body == "OllamaShowRequest" else [TIMEOUT, STRICT]
    asked = {"parameters": parameters, "requestBody": {"required": True, "content": json_of(body)}}
    chats = {} if body == "OllamaShowRequest" else {"security": [{"key": [CHAT]}]}
    return {"post": operation | asked | chats}


def _read(name: str, summary: str, description: str, schema: str) -> Json:
    return {"get": _operation(name, summary, description, json_of(schema), _READING)}


_STREAM: Final = "A stream of lines unless `stream` is false; one that breaks ends with a line that has an `error`."
PATHS: Final[Json] = {
    "/api/chat": _asked("ollama_chat", "Ask a model", _STREAM, "OllamaChatRequest", _lines("OllamaChat")),
    "/api/generate": _asked(
        "ollama_generate", "Answer a prompt", _STREAM, "OllamaGenerateRequest", _lines("OllamaGeneration")
    ),
    "/api/embed": _asked(
        "ollama_embed", "Turn texts into vectors", "In their order.", "OllamaEmbedRequest", json_of("OllamaEmbeddings")
    ),
    "/api/embeddings": _asked(
        "ollama_embeddings",
        "Turn a text into a vector",
        "As Ollama did it before `/api/embed`.",
        "OllamaEmbedOneRequest",
        json_of("OllamaEmbedding"),
    ),
    "/api/show": _asked(
        "ollama_show",
        "Describe a model",
        "What it can do, and how much it reads.",
        "OllamaShowRequest",
        json_of("OllamaDetails"),
    ),
    "/api/tags": _read("ollama_tags", "List the models", "Every model that can be asked now.", "OllamaModels"),
    "/api/version": _read(
        "ollama_version", "The version of Ollama's API", "The Ollama whose API this is.", "OllamaVersion"
    ),
    "/api/ps": _read("ollama_ps", "List the models in memory", "None: they run elsewhere.", "OllamaModels"),
}
# Anybody who is known: clients ask for it before anything else.
PATHS["/api/version"]["get"]["security"] = [{"key": []}]

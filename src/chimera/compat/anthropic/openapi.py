"""What `/docs` says of this surface: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Final

from chimera.compat.anthropic import schemas
from chimera.compat.described import ANSWER_HEADERS, STRICT, TIMEOUT, Json, json_of
from chimera.tenancy.permissions import CHAT

SCHEMAS: Final[Json] = schemas.SCHEMAS
_ERRORS: Final = {
    400: "The request is wrong, and `param` says where; or the model refused it.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is no such model.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many calls, here or at the provider. `retry-after` says when to come back.",
    500: "The provider failed.",
    503: "The provider cannot be used, or the database does not answer.",
    504: "It took too long.",
    529: "The provider has too much to do, or none could answer.",
}
_HEADERS: Final[Json] = {
    "request-id": {"description": "Names this request in our logs.", "schema": {"type": "string"}},
    **ANSWER_HEADERS,
}
_COUNTED_BY: Final[Json] = {
    "x-chimera-counted-by": {
        "description": "`vocabulary` or `estimate` where the provider counts nothing.",
        "schema": {"enum": ["vocabulary", "estimate"]},
    }
}
_STREAM_EXAMPLE: Final = (
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":'
    '{"type":"text_delta","text":"Paris"}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n'
)


def _answers(description: str, content: Json, headers: Json) -> Json:
    good: Json = {"description": description, "content": content, "headers": headers}
    refused = {
        str(status): {"description": meaning, "content": json_of("AnthropicError")}
        for status, meaning in _ERRORS.items()
    }
    return {"200": good} | refused


PATHS: Final[Json] = {
    "/v1/messages": {
        "post": {
            "operationId": "create_message",
            "tags": ["anthropic"],
            "summary": "Ask a model",
            "description": "With `stream` the answer comes as Anthropic's server-sent events; one that breaks ends "
            "with `event: error`. The headers `anthropic-version` and `anthropic-beta` reach Anthropic.",
            "security": [{"key": [CHAT]}],
            "parameters": [TIMEOUT, STRICT],
            "requestBody": {"required": True, "content": json_of("AnthropicMessageRequest")},
            "responses": _answers(
                "The answer, whole or in pieces.",
                json_of("AnthropicMessage")
                | {"text/event-stream": {"schema": {"type": "object"}, "example": _STREAM_EXAMPLE}},
                _HEADERS,
            ),
        }
    },
    "/v1/messages/count_tokens": {
        "post": {
            "operationId": "count_message_tokens",
            "tags": ["anthropic"],
            "summary": "Count the tokens of a prompt",
            "description": "Anthropic counts for its own models. For others it is done here: with the model's "
            "vocabulary where that is public, else by an estimate.",
            "security": [{"key": [CHAT]}],
            "parameters": [TIMEOUT, STRICT],
            "requestBody": {"required": True, "content": json_of("AnthropicCountRequest")},
            "responses": _answers("The count.", json_of("AnthropicCount"), _COUNTED_BY),
        }
    },
}

"""Words for the descriptions of files, batches and media: operations, answers, refusals, as OpenAPI."""

from collections.abc import Iterable
from typing import Final

from chimera.compat.described import Json, ref
from chimera.tenancy.permissions import CHAT

_ERRORS: Final = {
    400: "The request is wrong, and `param` says where.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is none, or it is another's.",
    409: "A legal hold keeps it.",
    413: "The body is too large.",
    415: "The body has another media type.",
    429: "Too many calls, here or at the provider. `retry-after` says when to come back.",
    503: "No provider could answer, or the database does not.",
    504: "It took too long.",
}
ALWAYS: Final = (401, 403, 503)
ANY: Final = tuple(_ERRORS)


def operation(name: str, summary: str, description: str, responses: Json, **more: object) -> Json:
    told: Json = {"operationId": name, "tags": ["openai"], "summary": summary, "description": description}
    return told | {"security": [{"key": [CHAT]}], "responses": responses, **more}


def answers(description: str, content: Json, errors: Iterable[int], **more: Json) -> Json:
    error = {"application/json": {"schema": ref("OpenAIError")}}
    refused = {str(status): {"description": _ERRORS[status], "content": error} for status in errors}
    return {"200": {"description": description, "content": content, **more}} | refused


def structure(properties: Json, *required: str, **more: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(required or properties), **more}


def whole(properties: Json) -> Json:
    """An object all of whose members are always there."""
    return structure(properties, *properties)


def query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}

"""What `/docs` says of the Responses API: its endpoints are plain ASGI, so their description is written by hand."""

from typing import Final

from chimera.compat.described import ANSWER_HEADERS, STRICT, TIMEOUT, Json, ref
from chimera.compat.openai.responses import schemas
from chimera.tenancy.permissions import CHAT

SCHEMAS: Final[Json] = schemas.SCHEMAS
_ERRORS: Final = {
    400: "The request is wrong, and `param` says where; or the model refused it.",
    401: "No valid API key.",
    402: "The provider's account has no money left.",
    403: "The key may not do this.",
    404: "There is no such model or response, or it is another's.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many calls, here or at the provider. `retry-after` says when to come back.",
    503: "No provider could answer, or the database does not.",
    504: "It took too long.",
}
_KEPT: Final = {409: "A legal hold keeps it."}
_STORED: Final = (400, 401, 403, 404, 503)
_STREAM_EXAMPLE: Final = (
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"msg_0199…",'
    '"output_index":0,"content_index":0,"logprobs":[],"delta":"Paris","sequence_number":4}\n\n'
)
_STREAM: Final[Json] = {"text/event-stream": {"schema": {"type": "object"}, "example": _STREAM_EXAMPLE}}
_NUMBER: Final[Json] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_ID: Final[Json] = {
    "name": "response_id",
    "in": "path",
    "required": True,
    "description": "The response's id.",
    "schema": {"type": "string", "minLength": 1},
    "example": "resp_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f",
}


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _operation(name: str, summary: str, description: str, responses: Json, **more: object) -> Json:
    told: Json = {"operationId": name, "tags": ["openai"], "summary": summary, "description": description}
    return told | {"security": [{"key": [CHAT]}], "responses": responses, **more}


def _answers(description: str, schema: str, errors: tuple[int, ...], **more: Json) -> Json:
    content = {"application/json": {"schema": ref(schema)}} | more.pop("content", {})
    error = {"application/json": {"schema": ref("OpenAIError")}}
    refused = {str(status): {"description": (_ERRORS | _KEPT)[status], "content": error} for status in errors}
    return {"200": {"description": description, "content": content, **more}} | refused


_BODY: Final[Json] = {"required": True, "content": {"application/json": {"schema": ref("ResponseRequest")}}}

PATHS: Final[Json] = {
    "/v1/responses": {
        "post": _operation(
            "create_response",
            "Ask a model for a response",
            "With `stream` the answer comes as typed server-sent events, numbered by `sequence_number`; the last is "
            "`response.completed`, `response.incomplete` or `response.failed`. What is stored is stored before that "
            "event is sent. With `background` the answer is written whether anybody waits for it or not.",
            _answers(
                "The response, whole or in events.", "Response", tuple(_ERRORS), headers=ANSWER_HEADERS, content=_STREAM
            ),
            parameters=[TIMEOUT, STRICT],
            requestBody=_BODY,
        )
    },
    "/v1/responses/input_tokens": {
        "post": _operation(
            "count_response_input_tokens",
            "Count a request's tokens",
            "How many tokens the request would be, with all that it continues. Counted here: no provider is asked. "
            "Exact where the model's vocabulary is public, else an estimate.",
            _answers("The number.", "ResponseInputTokens", (400, 401, 403, 404, 413, 415, 503)),
            requestBody=_BODY,
        )
    },
    "/v1/responses/compact": {
        "post": _operation(
            "compact_response_input",
            "Sum a conversation up",
            "The user's messages as they are, and a `compaction` item in place of all the rest: a summary by the model "
            "that is named, which any model understands when it is sent back here.",
            _answers("What to go on with.", "ResponseCompaction", tuple(_ERRORS), headers=ANSWER_HEADERS),
            parameters=[TIMEOUT],
            requestBody=_BODY,
        )
    },
    "/v1/responses/{response_id}": {
        "get": _operation(
            "retrieve_response",
            "Retrieve a stored response",
            "As it is now. With `stream`, the events of one that was asked for with `background` and `stream`: those "
            "that there were, then those that come.",
            _answers("The response, or its events.", "Response", _STORED, content=_STREAM),
            parameters=[
                _ID,
                _query("stream", {"type": "boolean"}, "Answer with its events."),
                _query(
                    "starting_after",
                    {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
                    "Only later events than this one.",
                ),
            ],
        ),
        "delete": _operation(
            "delete_response",
            "Delete a stored response",
            "It cannot be read or continued any more; if it is still being written, that ends.",
            _answers("It is deleted.", "ResponseDeleted", (*_STORED[1:], 409)),
            parameters=[_ID],
        ),
    },
    "/v1/responses/{response_id}/cancel": {
        "post": _operation(
            "cancel_response",
            "Cancel a response in the background",
            "It ends at once, on whatever server it is written. One that is over stays as it is.",
            _answers("The response.", "Response", _STORED),
            parameters=[_ID],
        )
    },
    "/v1/responses/{response_id}/input_items": {
        "get": _operation(
            "list_response_input_items",
            "List what a response was made from",
            "The items of the request, after those of all responses that it continues.",
            _answers("A page of items.", "ResponseItemList", _STORED),
            parameters=[
                _ID,
                _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "Most items."),
                _query("order", {"enum": ["asc", "desc"], "default": "desc"}, "Oldest or newest first."),
                _query("after", {"type": "string"}, "Begin after the item of this id."),
            ],
        )
    },
}

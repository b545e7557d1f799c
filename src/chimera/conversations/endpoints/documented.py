"""What the OpenAPI description says about errors and streams."""

from typing import Any, Final

from chimera.conversations.schemas import TurnRead

_STREAM: Final = (
    "`id`: 1, 2, 3, …; `event`: `turn.started`, `text.delta`, `thinking.delta`, `tool_call.delta`, `usage`, and last "
    "`turn.finished`; `data`: JSON. A comment every 15 seconds keeps the connection open. A reader that was cut off "
    "goes on at `GET /api/v1/turns/{id}/events` with `Last-Event-ID`."
)
_EXAMPLE: Final = (
    'id: 1\nevent: turn.started\ndata: {"turn_id":"0199…","conversation_id":"0199…","user_message_id":"0199…",'
    '"message_id":"0199…","model":"openai/gpt-5"}\n\nid: 2\nevent: text.delta\ndata: {"text":"Because"}\n\n'
)

# Of each event: OpenAPI 3.1 has no word for a stream of them.
EVENT: Final = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["id", "event", "data"],
}

Responses = dict[int | str, dict[str, Any]]


def problem_told(description: str) -> dict[str, Any]:
    # The component is there because `TurnRead` names it.
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


NOT_FOUND: Final[Responses] = {404: problem_told("There is none, or it is another's.")}
HELD: Final[Responses] = {**NOT_FOUND, 409: problem_told("A legal hold keeps it.")}
EVENTS: Final[Responses] = {
    200: {
        "description": f"The turn as it is written. {_STREAM}",
        "content": {"text/event-stream": {"schema": EVENT, "example": _EXAMPLE}},
    },
}
TAKEN: Final[Responses] = {
    **EVENTS,
    201: {"model": TurnRead, "description": "The turn at its end (`stream` false); it may have failed, see `error`."},
    **NOT_FOUND,
    409: problem_told("An answer is still being written in this conversation."),
}

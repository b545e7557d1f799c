"""What the descriptions of all surfaces say alike: the headers of Chimera's own, as OpenAPI."""

from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: str) -> Json:
    return {"application/json": {"schema": ref(schema)}}


def _told(description: str, kind: str = "string") -> Json:
    return {"description": description, "schema": {"type": kind}}


ANSWER_HEADERS: Final[Json] = {
    "x-chimera-model": _told("The model that answered."),
    "x-chimera-attempts": _told("How often a provider was asked.", "integer"),
    "x-chimera-fallback": _told("Why the first model did not answer."),
    "x-chimera-budget": _told("What was made of the request so that a budget pays for it: `shrunk to 300 tokens`."),
    "x-chimera-lost": _told("What the provider could not be told."),
    "x-chimera-input-tokens": _told("What an answer that comes whole has read.", "integer"),
    "x-chimera-cached-tokens": _told("How many of these came from the provider's cache.", "integer"),
    "x-chimera-output-tokens": _told("What an answer that comes whole has written.", "integer"),
    "x-chimera-cost-usd": _told("What the call cost, failed attempts included, where that is known."),
}
TIMEOUT: Final[Json] = {
    "name": "x-chimera-timeout-s",
    "in": "header",
    "description": "Longest time of the call in seconds, if shorter than the server's.",
    "schema": {"type": "number", "exclusiveMinimum": 0},
    "example": 60,
}
STRICT: Final[Json] = {
    "name": "x-chimera-strict",
    "in": "header",
    "description": "Fail rather than ask a provider that cannot be told everything.",
    "schema": {"enum": ["true", "false", "1", "0"]},
}

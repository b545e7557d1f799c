"""Requests that carry what is another's, made from the description of the API: a new field is in them at once."""

import re
from collections.abc import Iterator
from typing import Any

from tests.surfaces.isolation.belongings import Belongings

Json = dict[str, Any]

ID_LIKE = re.compile(r"(^|_)(id|ids|cursor|conversation|group|groups|team)$")
# Ids that others give, and which name nothing here.
OF_OTHERS = {"client_id", "external_id"}
# Which of the first organisation's ids fits a field, where the field does not have the name of a path parameter.
MEANT = {
    "input_file_id": "file_id",
    "previous_response_id": "response_id",
    "conversation": "conversation_id",
    "owner_id": "user_id",
    "team_id": "group_id",
    "team": "group_id",
    "group_ids": "group_id",
}


def schema_of(operation: Json, document: Json) -> Json | None:
    """The schema of the JSON body of an operation, if it takes one."""
    content = operation.get("requestBody", {}).get("content", {})
    return _resolved(content["application/json"]["schema"], document) if "application/json" in content else None


def fields_for_ids(schema: Json, document: Json) -> Iterator[tuple[str, bool]]:
    """Names of the members at the top of a body that take an id or a list of them, and whether it is a list."""
    for name, told in _members(schema, document).items():
        shapes = [_resolved(told, document), *(_resolved(one, document) for one in told.get("anyOf", ()))]
        if any(_takes_ids(one, name) for one in shapes):
            yield name, any(one.get("type") == "array" for one in shapes)


def parameters_for_ids(operation: Json, document: Json) -> Iterator[str]:
    """Query parameters that take an id, or a place in a list."""
    for told in operation.get("parameters", ()):
        one = _resolved(told, document, of="parameters")
        shapes = [one.get("schema", {}), *one.get("schema", {}).get("anyOf", ())]
        if one["in"] == "query" and any(_takes_ids(shape, one["name"]) for shape in shapes):
            yield one["name"]


def knows(schema: Json, document: Json, name: str) -> bool:
    return name in _members(schema, document)


def theirs(name: str, had: Belongings) -> str:
    """An id of the first organisation's that fits a field."""
    if name == "cursor":
        return had.cursor
    if name in {"message_id", "parent_id", "before", "after"}:
        return had.message_id
    return had.ids[name if name in had.ids else MEANT.get(name, "conversation_id")]


def _takes_ids(shape: Json, name: str) -> bool:
    if shape.get("format") == "uuid" or shape.get("items", {}).get("format") == "uuid":
        return True
    if name in OF_OTHERS:
        return False
    kinds = shape.get("type")
    return bool(ID_LIKE.search(name)) and not {"string", "array"}.isdisjoint(
        kinds if isinstance(kinds, list) else [kinds]
    )


def _members(schema: Json, document: Json) -> Json:
    members: Json = {}
    for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        members |= _resolved(part, document).get("properties", {})
    return members


def _resolved(schema: Json, document: Json, *, of: str = "schemas") -> Json:
    while "$ref" in schema:
        schema = document["components"][of][schema["$ref"].rpartition("/")[2]]
    return schema

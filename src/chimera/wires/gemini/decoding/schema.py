"""Google's own schemas, a dialect of OpenAPI's, as JSON Schema. Source: https://ai.google.dev/api/caching#Schema"""

from typing import Any

from chimera.wires.gemini.spelling import camel

# 64-bit integers, which Google's JSON writes as strings.
_COUNTS = frozenset({"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"})
_ONE = frozenset({"items", "additionalProperties"})
_SEVERAL = frozenset({"anyOf", "prefixItems"})
_NAMED = frozenset({"properties", "defs"})
_NOT_IN_JSON_SCHEMA = frozenset({"nullable", "propertyOrdering", "example"})


def json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with types in lower case, `null` among them where it may be null; JSON Schema as it is."""
    told = {camel(name): value for name, value in schema.items()}
    converted = {name: _converted(name, value) for name, value in told.items() if name not in _NOT_IN_JSON_SCHEMA}
    if "example" in told:
        converted["examples"] = [told["example"]]
    if told.get("nullable") is True:
        _allow_null(converted)
    return converted


def _converted(name: str, value: Any) -> Any:
    match value:
        case str() if name == "type":
            return value.lower()
        case str() if name in _COUNTS and value.isdigit():
            return int(value)
        case dict() if name in _ONE:
            return json_schema(value)
        case list() if name in _SEVERAL:
            return [json_schema(item) if isinstance(item, dict) else item for item in value]
        case dict() if name in _NAMED:
            return {key: json_schema(item) if isinstance(item, dict) else item for key, item in value.items()}
        case _:
            return value


def _allow_null(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    elif isinstance(schema.get("anyOf"), list):
        schema["anyOf"].append({"type": "null"})
    if isinstance(schema.get("enum"), list):
        schema["enum"] = [*schema["enum"], None]

"""JSON Schemas cut to what Anthropic's constrained decoding takes.

Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
"""

from typing import Any

_KEPT = frozenset({
    "$defs", "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "definitions", "description",
    "enum", "format", "items", "properties", "required", "title", "type",
})  # fmt: skip
_FORMATS = frozenset({
    "date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid",
})  # fmt: skip
_MAPS = frozenset({"$defs", "definitions", "properties"})
_LISTS = frozenset({"allOf", "anyOf"})


def enforceable(schema: Any) -> bool:
    """Return whether decoding can hold to the schema: it closes every object, so maps with free keys are out."""
    if isinstance(schema, list):
        return all(map(enforceable, schema))
    if not isinstance(schema, dict):
        return True
    free = schema.get("additionalProperties", False) is not False
    return not free and all(map(enforceable, schema.values()))


def constrained(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with objects closed; constraints that decoding cannot enforce become words for the model."""
    fitted: dict[str, Any] = {}
    told: list[str] = []
    for key, value in schema.items():
        name = "anyOf" if key == "oneOf" else key
        if name in _MAPS and isinstance(value, dict):
            fitted[name] = {inner: _inner(part) for inner, part in value.items()}
        elif name in _LISTS and isinstance(value, list):
            fitted[name] = [_inner(part) for part in value]
        elif name == "items":
            fitted[name] = _inner(value)
        elif _takes(name, value):
            fitted[name] = value
        elif name not in {"$schema", "$id"}:
            told.append(f"{key}: {value}")
    if "properties" in fitted or fitted.get("type") == "object":
        fitted["additionalProperties"] = False
    if told:
        fitted["description"] = " ".join([*filter(None, [fitted.get("description")]), f"({', '.join(told)})"])
    return fitted


def _inner(part: Any) -> Any:
    return constrained(part) if isinstance(part, dict) else part


def _takes(name: str, value: Any) -> bool:
    match name:
        case "minItems":
            return value in {0, 1}
        case "format":
            return value in _FORMATS
        case _:
            return name in _KEPT

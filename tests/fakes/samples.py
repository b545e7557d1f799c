"""Deterministic made-up data: a value that satisfies a JSON schema, an embedding for a text."""

import base64
import hashlib
import math
import struct
from collections.abc import Mapping

_DEPTH_LIMIT = 12
_LONGEST = 10_000
_FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(schema: object) -> object:
    """Return a value valid against `schema`: objects get every property, arrays their least length (at least one).

    What is no schema gets any value, since a request may be spoilt anywhere.
    """
    try:
        return _sample(schema, root=schema, depth=0)
    except (AssertionError, LookupError, TypeError, ValueError):
        return "value"


def _sample(schema: object, *, root: object, depth: int) -> object:
    if not isinstance(schema, Mapping) or depth > _DEPTH_LIMIT:
        return "value"
    if "$ref" in schema:
        return _sample(_resolve(str(schema["$ref"]), root), root=root, depth=depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _sample(schema[choice][0], root=root, depth=depth + 1)
    return _typed(schema, root=root, depth=depth)


def _typed(schema: Mapping[str, object], *, root: object, depth: int) -> object:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match kind[0] if isinstance(kind, list) else kind:
        # Gemini writes its types in capitals.
        case "object" | "OBJECT":
            properties = schema.get("properties", {})
            assert isinstance(properties, Mapping)
            return {name: _sample(inner, root=root, depth=depth + 1) for name, inner in properties.items()}
        case "array" | "ARRAY":
            item = _sample(schema.get("items", {}), root=root, depth=depth + 1)
            return [item] * max(1, _whole(schema, "minItems", 1))
        case "integer" | "INTEGER":
            return _whole(schema, "minimum", 1)
        case "number" | "NUMBER":
            return _whole(schema, "minimum", 1) + 0.5
        case "boolean" | "BOOLEAN":
            return True
        case "null" | "NULL":
            return None
        case _:
            text = _FORMATS.get(str(schema.get("format")), "value")
            return text.ljust(_whole(schema, "minLength", 0), "x")


def _whole(schema: Mapping[str, object], key: str, otherwise: int) -> int:
    value = schema.get(key, otherwise)
    return min(math.ceil(value) if isinstance(value, int | float) else int(str(value)), _LONGEST)


def _resolve(reference: str, root: object) -> object:
    found = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step and isinstance(found, Mapping):
            found = found.get(step, {})
    return found


def embedding(text: str, dimensions: int = 8) -> tuple[float, ...]:
    """Return a unit vector of `dimensions` floats that depends on `text` only (exact in float32)."""
    raw = hashlib.shake_256(text.encode()).digest(2 * dimensions)
    numbers = [value / 65536 + 1 / 65536 for value in struct.unpack(f"<{dimensions}H", raw)]
    length = math.sqrt(math.fsum(number * number for number in numbers))
    return struct.unpack(f"<{dimensions}f", struct.pack(f"<{dimensions}f", *(n / length for n in numbers)))


def embedding_base64(text: str, dimensions: int = 8) -> str:
    """Return the same vector as little-endian float32 in base64, as OpenAI's `encoding_format: base64`."""
    return base64.b64encode(struct.pack(f"<{dimensions}f", *embedding(text, dimensions))).decode()

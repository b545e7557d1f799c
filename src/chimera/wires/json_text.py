"""JSON texts of the language (tool arguments, schemas) as objects, for wires that embed objects. Pure."""

from typing import Any

import msgspec

from chimera.kit.errors import InvalidRequestError
from chimera.llm import JsonSchema, Tool


def arguments_object(text: str) -> dict[str, Any]:
    """Return a tool call's arguments as an object; what the model wrote wrongly is kept under one key."""
    if not text.strip():
        return {}
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return {"invalid_json": text}
    return value if isinstance(value, dict) else {"value": value}


def schema_object(text: str, *, field: str) -> dict[str, Any]:
    """Return a JSON Schema as an object.

    Raises:
        InvalidRequestError: if the text is no JSON object.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequestError(f"The schema in {field} is not valid JSON.", field=field) from error
    if not isinstance(value, dict):
        raise InvalidRequestError(f"The schema in {field} must be a JSON object.", field=field)
    return value


def tool_schema(tool: Tool) -> dict[str, Any]:
    """Return the schema of a tool's arguments, or raise as `schema_object`."""
    return schema_object(tool.parameters, field=f"tools.{tool.name}.parameters")


def answer_schema(wanted: JsonSchema) -> dict[str, Any]:
    """Return the schema of a structured answer, or raise as `schema_object`."""
    return schema_object(wanted.schema, field="response_format.json_schema.schema")

"""`tools` and `toolConfig`: functions that are declared, and which of them may or must be called."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import NamedTool, Tool, ToolChoice
from chimera.wires.bodies import decode_body
from chimera.wires.gemini.decoding.schema import json_schema
from chimera.wires.gemini.spelling import camel

_FUNCTIONS = "functionDeclarations"


class _Declaration(Struct, frozen=True, gc=False, rename="camel"):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    parameters_json_schema: Raw = Raw()


class _Calling(Struct, frozen=True, gc=False, rename="camel"):
    mode: Literal["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"] | None = None
    allowed_function_names: list[str] | None = None


class ToolConfig(Struct, frozen=True, gc=False, rename="camel"):
    function_calling_config: _Calling | None = None


_declarations = msgspec.json.Decoder(list[_Declaration] | _Declaration)


def decode_tools(told: Sequence[Mapping[str, Raw]]) -> tuple[tuple[Tool, ...], list[str]]:
    """Return the functions, and the paths of the tools that Google would run itself.

    Raises:
        InvalidRequestError: for a declaration that cannot be read.
    """
    tools: list[Tool] = []
    built_in: list[str] = []
    for index, members in enumerate(told):
        for name, raw in members.items():
            if camel(name) != _FUNCTIONS:
                built_in.append(f"tools.{index}.{camel(name)}")
                continue
            path = f"tools.{index}.{_FUNCTIONS}"
            found = decode_body(raw, _declarations, at=path)
            tools += [_tool(one, path) for one in (found if isinstance(found, list) else (found,))]
    return tuple(tools), built_in


def decode_choice(told: ToolConfig | None, tools: tuple[Tool, ...]) -> tuple[ToolChoice, tuple[Tool, ...]]:
    """Return the choice, and the tools left to choose from: of several allowed ones only these are shown.

    Raises:
        InvalidRequestError: where a call is demanded of what is not declared.
    """
    calling = told.function_calling_config if told else None
    if calling is None or calling.mode not in {"ANY", "NONE"}:
        return "auto", tools
    if calling.mode == "NONE":
        return "none", tools
    path = "toolConfig.functionCallingConfig"
    allowed = calling.allowed_function_names or [tool.name for tool in tools]
    unknown = set(allowed) - {tool.name for tool in tools}
    if unknown or not allowed:
        raise InvalidRequestError("A function must be called that is not declared.", field=path)
    if len(allowed) == 1 and calling.allowed_function_names:
        return NamedTool(name=allowed[0]), tools
    return "required", tuple(tool for tool in tools if tool.name in allowed)


def _tool(told: _Declaration, path: str) -> Tool:
    plain = Tool(name=told.name, description=told.description or "")
    if bytes(told.parameters_json_schema) not in {b"", b"null"}:
        schema = str(bytes(told.parameters_json_schema), "utf-8")
        if not schema.startswith("{"):
            raise InvalidRequestError("A schema must be an object.", field=f"{path}.parametersJsonSchema")
    elif told.parameters is not None:
        schema = msgspec.json.encode(json_schema(told.parameters)).decode()
    else:
        return plain
    return msgspec.structs.replace(plain, parameters=schema)

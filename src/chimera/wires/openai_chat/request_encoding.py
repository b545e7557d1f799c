"""Our request as the body that asks it. The answer is always asked for as a stream with usage."""

from collections.abc import Iterator
from typing import Any, assert_never

import msgspec

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, Text, Tool
from chimera.wires.effort import offered
from chimera.wires.encoded import Encoded
from chimera.wires.json_text import schema_object
from chimera.wires.openai_chat.message_encoding import MessageEncoder
from chimera.wires.openai_chat.parts.generations import refused_sampling, told_effort
from chimera.wires.openai_chat.parts.names import fitted_name
from chimera.wires.openai_chat.quirks import Quirks
from chimera.wires.openai_chat.request_decoding import WORDS
from chimera.wires.sampling import encode_sampling


def encode_request(request: Request, quirks: Quirks) -> Encoded:
    """Return the body, and what it could not carry.

    Raises:
        InvalidRequestError: if a schema is no JSON object.
    """
    lost: list[str] = []
    instructions = list(request.system)
    if isinstance(request.response_format, JsonSchema) and not quirks.json_schema:
        instructions.append(Text(text=_schema_in_words(request.response_format)))
        lost.append("response_format")
    encoder = MessageEncoder(quirks=quirks, model=request.model, lost=lost)
    body: dict[str, Any] = {
        "model": request.model,
        "messages": encoder.encode(instructions, request.messages),
    }
    parameters: dict[str, Any] = {}
    if request.tools:
        parameters["tools"] = [encoder.mark(_tool(tool), tool.cache) for tool in request.tools]
    parameters |= _parameters(request, quirks, lost)
    for name in quirks.unsupported & parameters.keys():
        del parameters[name]
        lost.append(name)
    if quirks.efforts is None:
        for name, matters in refused_sampling(request):
            parameters.pop(name)
            lost += [name] * matters
    body |= parameters
    for name, value in request.extra.items():
        if name in quirks.members and name not in quirks.unsupported and name not in WORDS:
            body.setdefault(name, value)
        else:
            lost.append(f"extra.{name}")
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    return Encoded(body=body, lost=tuple(sorted(set(lost))))


def _parameters(request: Request, quirks: Quirks, lost: list[str]) -> Iterator[tuple[str, Any]]:
    if request.tools:
        if request.tool_choice != "auto":
            yield "tool_choice", _tool_choice(request.tool_choice)
        if request.parallel_tools is not None:
            yield "parallel_tool_calls", request.parallel_tools
    yield from encode_sampling(request.sampling, {"max_output_tokens": quirks.output_limit}).items()
    if (wanted := _response_format(request, quirks)) is not None:
        yield "response_format", wanted
    yield from _reasoning(request, quirks, lost)


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": fitted_name(tool.name)}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = _checked(tool.parameters, field=f"tools.{tool.name}.parameters")
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def _checked(schema: str, *, field: str) -> msgspec.Raw:
    """Return the schema byte for byte; a text that is more than one object could smuggle parameters into the body."""
    schema_object(schema, field=field)
    return msgspec.Raw(schema.encode())


def _tool_choice(choice: str | NamedTool) -> Any:
    if isinstance(choice, NamedTool):
        return {"type": "function", "function": {"name": fitted_name(choice.name)}}
    return choice


def _response_format(request: Request, quirks: Quirks) -> dict[str, Any] | None:
    match request.response_format:
        case "text":
            return None
        case JsonObject():
            return {"type": "json_object"}
        case JsonSchema() as wanted:
            if not quirks.json_schema:
                return {"type": "json_object"}
            told: dict[str, Any] = {"name": wanted.name, "schema": _checked(wanted.schema, field="response_format")}
            if wanted.description is not None:
                told["description"] = wanted.description
            if wanted.strict is not None:
                told["strict"] = wanted.strict
            return {"type": "json_schema", "json_schema": told}
        case unknown:
            assert_never(unknown)


def _schema_in_words(wanted: JsonSchema) -> str:
    return f"Answer with one JSON object and nothing else. It must be valid against this JSON Schema:\n{wanted.schema}"


def _reasoning(request: Request, quirks: Quirks, lost: list[str]) -> Iterator[tuple[str, Any]]:
    reasoning = request.reasoning
    if reasoning is None:
        return
    effort: str | None = None
    if quirks.efforts is None:
        effort = told_effort(request, lost)
    elif reasoning != Reasoning():
        effort = offered(reasoning, quirks.efforts, lost)
    match quirks.reasoning:
        case "object":
            yield "reasoning", _reasoning_object(reasoning, effort)
        case "toggle":
            yield "thinking", {"type": "disabled" if effort == "none" else "enabled"}
            if effort not in {None, "none"}:
                yield "reasoning_effort", effort
        case "effort":
            if effort is not None:
                yield "reasoning_effort", effort
        case unknown:
            assert_never(unknown)


def _reasoning_object(reasoning: Reasoning, effort: str | None) -> dict[str, Any]:
    """Return the one of OpenRouter's members that says it: they exclude each other."""
    if effort is None:
        return {"enabled": True}
    if reasoning.effort is None and effort != "none":
        return {"max_tokens": reasoning.budget_tokens}
    return {"effort": effort}

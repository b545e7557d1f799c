"""Our request as the body that asks it. The answer is always asked for as a stream with usage."""

from collections.abc import Iterator
from typing import Any, assert_never

import msgspec

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, Tool
from chimera.wires.effort import effort_of
from chimera.wires.encoded import Encoded
from chimera.wires.json_text import schema_object
from chimera.wires.openai_chat.message_encoding import encode_messages
from chimera.wires.openai_chat.quirks import Quirks


def encode_request(request: Request, quirks: Quirks) -> Encoded:
    """Return the body, and what it could not carry.

    Raises:
        InvalidRequestError: if a schema is no JSON object.
    """
    lost: list[str] = []
    instructions = [text.text for text in request.system]
    if isinstance(request.response_format, JsonSchema) and not quirks.json_schema:
        instructions.append(_schema_in_words(request.response_format))
        lost.append("response_format.json_schema")
    body: dict[str, Any] = {
        "model": request.model,
        "messages": encode_messages(instructions, request.messages, quirks=quirks, lost=lost),
    }
    parameters = dict(_parameters(request, quirks))
    for name in quirks.unsupported & parameters.keys():
        del parameters[name]
        lost.append(name)
    body |= parameters
    for name, value in request.extra.items():
        if name in quirks.unsupported:
            lost.append(f"extra.{name}")
        else:
            body.setdefault(name, value)
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    return Encoded(body=body, lost=tuple(sorted(set(lost))))


def _parameters(request: Request, quirks: Quirks) -> Iterator[tuple[str, Any]]:
    sampling = request.sampling
    if request.tools:
        yield "tools", [_tool(tool) for tool in request.tools]
        if request.tool_choice != "auto":
            yield "tool_choice", _tool_choice(request.tool_choice)
        if request.parallel_tools is not None:
            yield "parallel_tool_calls", request.parallel_tools
    plain: dict[str, object | None] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        quirks.output_limit: sampling.max_output_tokens,
        "stop": list(sampling.stop) or None,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "response_format": _response_format(request, quirks),
    }
    yield from ((name, value) for name, value in plain.items() if value is not None)
    if request.reasoning is not None:
        yield from _reasoning(request.reasoning, quirks)


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
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
    return {"type": "function", "function": {"name": choice.name}} if isinstance(choice, NamedTool) else choice


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


def _reasoning(reasoning: Reasoning, quirks: Quirks) -> Iterator[tuple[str, Any]]:
    if quirks.reasoning == "object":
        told = {"effort": reasoning.effort, "max_tokens": reasoning.budget_tokens}
        if reasoning.effort is not None:
            # OpenRouter takes one of the two.
            del told["max_tokens"]
        yield "reasoning", {name: value for name, value in told.items() if value is not None}
        return
    effort = reasoning.effort
    if effort is None and reasoning.budget_tokens is not None:
        effort = effort_of(reasoning)
    if quirks.reasoning == "toggle":
        yield "thinking", {"type": "disabled" if effort == "none" else "enabled"}
        if effort == "none":
            return
    if effort is not None:
        yield "reasoning_effort", effort

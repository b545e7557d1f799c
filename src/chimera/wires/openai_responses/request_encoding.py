"""Our request as the body that asks it. The answer is always asked for as a stream, and never to be kept."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

import msgspec

from chimera.llm import (
    Document,
    Image,
    JsonObject,
    JsonSchema,
    Message,
    NamedTool,
    Part,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from chimera.wires.encoded import Encoded
from chimera.wires.json_text import schema_object
from chimera.wires.losses import lost_of_document
from chimera.wires.openai_chat.parts.generations import refused_sampling, told_effort
from chimera.wires.openai_chat.parts.names import fitted_id, fitted_name
from chimera.wires.openai_responses.quirks import reasons, searches
from chimera.wires.openai_responses.reasoning import WIRE, encode_reasoning
from chimera.wires.openai_responses.response_object import text_part

ENCRYPTED = "reasoning.encrypted_content"
_KNOWN_EXTRA = frozenset(
    {"metadata", "service_tier", "user", "prompt_cache_key", "prompt_cache_retention", "safety_identifier"}
)


def encode_request(request: Request) -> Encoded:
    """Return the body, and what it could not carry.

    Raises:
        InvalidRequestError: if a schema is no JSON object.
    """
    lost: list[str] = []
    body: dict[str, Any] = {"model": request.model}
    first, rest = request.system[:1], request.system[1:]
    if first:
        body["instructions"] = first[0].text
    instructions = [_developer([text], lost) for text in rest]
    body["input"] = [*instructions, *(item for message in request.messages for item in _items(message, lost))]
    body |= dict(_parameters(request, lost))
    if reasons(request.model):
        body["include"] = [ENCRYPTED]
    body |= {"stream": True, "store": False}
    lost.extend(_unmarked(request))
    return Encoded(body=body, lost=tuple(sorted(set(lost))))


def _unmarked(request: Request) -> Iterator[str]:
    """Name the marks that are left out: these models cache by themselves, and cite nothing that they are given."""
    parts = [part for message in request.messages for part in message.parts]
    parts += [inner for part in parts if isinstance(part, ToolResult) for inner in part.parts]
    marked = [part.cache for part in (*request.system, *parts, *request.tools) if not isinstance(part, Thinking)]
    if any(marked):
        yield "cache"
    documents = [part for part in parts if isinstance(part, Document)]
    for document in documents:
        yield from lost_of_document(document)


def _items(message: Message, lost: list[str]) -> Iterator[dict[str, Any]]:
    if message.name is not None:
        lost.append("messages.name")
    match message.role:
        case "assistant":
            yield from _answer(message.parts, lost)
        case "tool":
            yield from _results(message.parts, lost)
        case "user":
            yield {"type": "message", "role": "user", "content": list(_content(message.parts, lost))}
        case "system":
            yield _developer(message.parts, lost)
        case unknown:
            assert_never(unknown)


def _developer(parts: Sequence[Part], lost: list[str]) -> dict[str, Any]:
    return {"type": "message", "role": "developer", "content": list(_content(parts, lost))}


def _content(parts: Sequence[Part], lost: list[str]) -> Iterator[dict[str, Any]]:
    for part in parts:
        match part:
            case Text():
                yield {"type": "input_text", "text": part.text}
            case Image():
                yield {"type": "input_image", "image_url": part.url, "detail": part.detail}
            case Document():
                yield _file(part)
            case Thinking() | ToolCall() | ToolResult():
                lost.append(f"messages.{_word(part)}")


def _file(document: Document) -> dict[str, Any]:
    place = "file_data" if document.url.startswith("data:") else "file_url"
    file = {"type": "input_file", place: document.url}
    return file if document.name is None else file | {"filename": document.name}


def _answer(parts: Sequence[Part], lost: list[str]) -> Iterator[dict[str, Any]]:
    while parts and isinstance(parts[-1], Thinking):
        # Refused as "without its required following item": https://github.com/vercel/ai/issues/7099
        lost.append("messages.thinking")
        parts = parts[:-1]
    said: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, Text):
            said.append(_said(part, lost))
            continue
        if said:
            yield {"type": "message", "role": "assistant", "content": said}
            said = []
        match part:
            case Thinking() if part.origin == WIRE and part.signature is not None:
                item = encode_reasoning(part, part.id or "")
                yield item if item["id"] else {name: value for name, value in item.items() if name != "id"}
            case ToolCall():
                if part.signature is not None:
                    lost.append("messages.tool_call.signature")
                call = {"call_id": fitted_id(part.id), "name": fitted_name(part.name), "arguments": part.arguments}
                yield {"type": "function_call"} | call
            case _:
                lost.append(f"messages.{_word(part)}")
    if said:
        yield {"type": "message", "role": "assistant", "content": said}


def _said(text: Text, lost: list[str]) -> dict[str, Any]:
    part = text_part(text)
    if len(part.get("annotations", ())) < len(text.citations):
        lost.append("messages.citations")
    return {name: value for name, value in part.items() if name != "logprobs"}


def _results(parts: Sequence[Part], lost: list[str]) -> Iterator[dict[str, Any]]:
    for part in parts:
        if not isinstance(part, ToolResult):
            lost.append(f"messages.{_word(part)}")
            continue
        if part.is_error:
            lost.append("messages.tool_result.is_error")
        plain = part.parts[0] if len(part.parts) == 1 else None
        output = plain.text if isinstance(plain, Text) else list(_content(part.parts, lost)) or ""
        yield {"type": "function_call_output", "call_id": fitted_id(part.call_id), "output": output}


def _word(part: Part) -> str:
    return str(part.__struct_config__.tag)


def _parameters(request: Request, lost: list[str]) -> Iterator[tuple[str, Any]]:
    sampling = request.sampling
    refused = dict(refused_sampling(request))
    lost += [name for name, matters in refused.items() if matters]
    tools = [_tool(tool) for tool in request.tools]
    if request.tools:
        if request.tool_choice != "auto":
            yield "tool_choice", _tool_choice(request.tool_choice)
        if request.parallel_tools is not None:
            yield "parallel_tool_calls", request.parallel_tools
    if searches(request.model):
        # Deep research is refused without: https://platform.openai.com/docs/guides/deep-research
        tools.append({"type": "web_search_preview"})
    told: dict[str, Any] = {
        "tools": tools or None,
        "temperature": None if "temperature" in refused else sampling.temperature,
        "top_p": None if "top_p" in refused else sampling.top_p,
        "max_output_tokens": sampling.max_output_tokens,
        "text": _text(request),
        "reasoning": {"effort": effort} if (effort := told_effort(request, lost)) is not None else None,
    }
    yield from ((name, value) for name, value in told.items() if value is not None)
    untold = {
        "top_k": sampling.top_k,
        "stop": sampling.stop or None,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    lost.extend(name for name, value in untold.items() if value is not None)
    for name, value in request.extra.items():
        if name in _KNOWN_EXTRA:
            yield name, value
        elif name != "verbosity":
            lost.append(f"extra.{name}")


def _tool(tool: Tool) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "function", "name": fitted_name(tool.name)}
    if tool.description:
        told["description"] = tool.description
    told["parameters"] = _checked(tool.parameters, field=f"tools.{tool.name}.parameters")
    # Left out it would mean yes, and make every optional argument required:
    # https://platform.openai.com/docs/guides/migrate-to-responses
    return told | {"strict": bool(tool.strict)}


def _tool_choice(choice: str | NamedTool) -> Any:
    return {"type": "function", "name": fitted_name(choice.name)} if isinstance(choice, NamedTool) else choice


def _checked(schema: str, *, field: str) -> msgspec.Raw:
    """Return the schema byte for byte; a text that is more than one object could smuggle parameters into the body."""
    schema_object(schema, field=field)
    return msgspec.Raw(schema.encode())


def _text(request: Request) -> dict[str, Any] | None:
    text: dict[str, Any] = {}
    match request.response_format:
        case "text":
            pass
        case JsonObject():
            text["format"] = {"type": "json_object"}
        case JsonSchema() as wanted:
            told: dict[str, Any] = {"type": "json_schema", "name": wanted.name}
            told["schema"] = _checked(wanted.schema, field="text.format.schema")
            if wanted.description is not None:
                told["description"] = wanted.description
            if wanted.strict is not None:
                told["strict"] = wanted.strict
            text["format"] = told
        case unknown:
            assert_never(unknown)
    if "verbosity" in request.extra:
        text["verbosity"] = request.extra["verbosity"]
    return text or None

"""The body of `POST /v1/messages` as our request.

Source: https://platform.claude.com/docs/en/api/messages
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    JsonSchema,
    NamedTool,
    Original,
    Reasoning,
    Request,
    ResponseFormat,
    Sampling,
    Tool,
    ToolChoice,
)
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.anthropic_messages.message_decoding import (
    Block,
    CacheControl,
    WireMessage,
    decode_messages,
    decode_texts,
    ttl_of,
)
from chimera.wires.bodies import MEMBERS, decode_body

WIRE = ORIGIN
HEADERS = ("anthropic-version", "anthropic-beta")
"""Headers of the caller that say how the body is meant."""

_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
_Positive: TypeAlias = Annotated[int, Meta(ge=1)]
# OpenAI refuses a longer `user`.
_LONGEST_USER = 64


class _Tool(Struct, frozen=True, gc=False):
    name: _Name | None = None
    type: str | None = None
    description: str | None = None
    input_schema: Raw = Raw()
    strict: bool | None = None
    cache_control: CacheControl | None = None
    input_examples: Raw = Raw()
    allowed_callers: Raw = Raw()
    defer_loading: bool | None = None


class _ToolChoice(Struct, frozen=True, gc=False):
    type: Literal["auto", "any", "tool", "none"]
    name: _Name | None = None
    disable_parallel_tool_use: bool | None = None


class _Metadata(Struct, frozen=True, gc=False):
    user_id: str | None = None


class _Thinking(Struct, frozen=True, gc=False):
    type: str
    budget_tokens: Annotated[int, Meta(ge=0)] | None = None


class _Format(Struct, frozen=True, gc=False):
    type: Literal["json_schema"]
    schema: Raw


class _OutputConfig(Struct, frozen=True, gc=False):
    effort: str | None = None
    format: _Format | None = None


class _Body(Struct, frozen=True, gc=False):
    model: _Name
    # More would hold up everybody else for seconds; no model reads as many.
    messages: Annotated[list[WireMessage], Meta(min_length=1, max_length=100_000)]
    max_tokens: _Positive | None = None
    system: str | list[Block] | None = None
    stream: bool | None = None
    tools: Annotated[list[_Tool], Meta(max_length=1024)] | None = None
    tool_choice: _ToolChoice | None = None
    # Anthropic's own models end at 1, others do not.
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    stop_sequences: list[str] | None = None
    metadata: _Metadata | None = None
    thinking: _Thinking | None = None
    output_config: _OutputConfig | None = None
    output_format: _Format | None = None
    service_tier: str | None = None
    fallback_models: Annotated[list[_Name], Meta(max_length=16)] = field(default_factory=list[_Name])


# What changes the answer, and only Anthropic's own servers have.
_ONLY_THERE = ("container", "mcp_servers", "thread")
_KNOWN = frozenset(_Body.__struct_fields__) | frozenset(_ONLY_THERE)
_EMPTY = frozenset({b"", b"null", b"[]", b"{}"})
_body = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesCall:
    """What the body asks, and how it wants the answer.

    Attributes:
        fallback_models: Our extension `fallback_models`: models to ask in turn when the first fails.
    """

    request: Request
    stream: bool
    fallback_models: tuple[str, ...]


def decode_request(body: bytes, headers: Mapping[str, str] | None = None) -> MessagesCall:
    """Return the call that a JSON body asks for.

    Args:
        body: As it was sent.
        headers: Those of the caller's headers that `HEADERS` names, names in lower case.

    Raises:
        InvalidRequestError: for a body that is no request for a message, with the path of the field.
    """
    told = decode_body(body, _body)
    fields = {name: raw for name, raw in decode_body(body, MEMBERS).items() if bytes(raw) != b"null"}
    fields.pop("fallback_models", None)
    beyond = [name for name in _ONLY_THERE if bytes(fields.get(name, b"")) not in _EMPTY]
    messages = decode_messages(told.messages, beyond)
    tools = tuple(_tools(told, beyond))
    user = told.metadata.user_id if told.metadata else None
    request = Request(
        model=told.model,
        system=decode_texts(told.system or "", "system"),
        messages=messages,
        tools=tools,
        tool_choice=_tool_choice(told),
        parallel_tools=False if told.tool_choice and told.tool_choice.disable_parallel_tool_use else None,
        sampling=_sampling(told),
        response_format=_response_format(told),
        reasoning=_reasoning(told),
        extra={"user": user} if user and len(user) <= _LONGEST_USER else {},
        original=Original(
            wire=WIRE,
            fields=fields,
            stream=bool(told.stream),
            headers=tuple((headers or {}).items()),
            beyond=tuple(beyond),
            minor=tuple(_minor(told, fields)),
        ),
    )
    return MessagesCall(request=request, stream=bool(told.stream), fallback_models=tuple(told.fallback_models))


def _tools(told: _Body, beyond: list[str]) -> Iterator[Tool]:
    for index, tool in enumerate(told.tools or ()):
        path = f"tools.{index}"
        if tool.type not in {None, "custom"}:
            # Run by Anthropic, or known to its models alone.
            beyond.append(path)
            continue
        if tool.name is None:
            raise InvalidRequestError(f"`{path}.name` is missing.", field=f"{path}.name")
        yield Tool(
            name=tool.name,
            description=tool.description or "",
            parameters=_object(tool.input_schema, f"{path}.input_schema"),
            strict=tool.strict,
            cache=ttl_of(tool.cache_control),
        )


def _minor(told: _Body, fields: Mapping[str, Raw]) -> Iterator[str]:
    """Yield what tunes the answer, or its price, in ways that only Anthropic knows."""
    yield from (name for name in fields if name not in _KNOWN)
    if told.service_tier == "standard_only":
        yield "service_tier"
    if told.metadata and told.metadata.user_id and len(told.metadata.user_id) > _LONGEST_USER:
        yield "metadata.user_id"
    if told.output_config:
        named = decode_body(bytes(fields["output_config"]), MEMBERS)
        yield from (f"output_config.{name}" for name in named if name not in _OutputConfig.__struct_fields__)
    for name in ("input_examples", "allowed_callers"):
        if any(bytes(getattr(tool, name)) not in _EMPTY for tool in told.tools or ()):
            yield f"tools.{name}"
    if any(tool.defer_loading for tool in told.tools or ()):
        yield "tools.defer_loading"


def _object(raw: Raw, path: str) -> str:
    """Return the text of a JSON object, byte for byte."""
    try:
        text = str(bytes(raw), "utf-8").strip()
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The body is not valid JSON in UTF-8.", field=path) from error
    if not text.startswith("{"):
        raise InvalidRequestError(f"Expected `object` at `{path}`.", field=path)
    return text


def _tool_choice(told: _Body) -> ToolChoice:
    choice = told.tool_choice
    if choice is None or choice.type == "auto":
        return "auto"
    if choice.type == "none":
        return "none"
    if not told.tools:
        raise InvalidRequestError("`tool_choice` is given, but there are no `tools`.", field="tool_choice")
    if choice.type == "any":
        return "required"
    if choice.name is None or not any(tool.name == choice.name for tool in told.tools):
        raise InvalidRequestError(f"`tools` has no `{choice.name or ''}`.", field="tool_choice.name")
    return NamedTool(name=choice.name)


def _sampling(told: _Body) -> Sampling:
    return Sampling(
        temperature=told.temperature,
        top_p=told.top_p,
        top_k=told.top_k or None,
        max_output_tokens=told.max_tokens,
        stop=tuple(told.stop_sequences or ()),
    )


def _response_format(told: _Body) -> ResponseFormat:
    wanted = (told.output_config.format if told.output_config else None) or told.output_format
    if wanted is None:
        return "text"
    place = "output_format" if told.output_format else "output_config.format"
    return JsonSchema(name="answer", schema=_object(wanted.schema, f"{place}.schema"))


def _reasoning(told: _Body) -> Reasoning | None:
    effort = told.output_config.effort if told.output_config else None
    if told.thinking is None:
        return Reasoning(effort=effort) if effort else None
    match told.thinking.type:
        case "disabled":
            return Reasoning(effort="none")
        case "enabled" if told.thinking.budget_tokens is None:
            raise InvalidRequestError("`thinking.budget_tokens` is missing.", field="thinking.budget_tokens")
        case "enabled":
            return Reasoning(effort=effort, budget_tokens=told.thinking.budget_tokens)
        case _:
            return Reasoning(effort=effort)

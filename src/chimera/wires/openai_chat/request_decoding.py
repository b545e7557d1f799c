"""The body of `POST /chat/completions` as our request, refusing with the field's name what it cannot carry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    JsonObject,
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
from chimera.wires.bodies import MEMBERS, decode_body
from chimera.wires.openai_chat.message_decoding import WireMessage, decode_messages
from chimera.wires.openai_chat.parts.marks import Mark, decode_mark

WIRE = "openai_chat"
_Fraction: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
_Penalty: TypeAlias = Annotated[float, Meta(ge=-2, le=2)]
_Positive: TypeAlias = Annotated[int, Meta(ge=1)]
_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]


class _StreamOptions(Struct, frozen=True, gc=False):
    include_usage: bool | None = None


class _Function(Struct, frozen=True, gc=False):
    name: _Name
    description: str | None = None
    parameters: Raw = Raw()
    strict: bool | None = None
    # LiteLLM takes the mark here as well.
    cache_control: Mark | None = None


class _Tool(Struct, frozen=True, gc=False):
    type: str
    function: _Function | None = None
    cache_control: Mark | None = None


class _Named(Struct, frozen=True, gc=False):
    name: _Name


class _NamedTool(Struct, frozen=True, gc=False):
    type: str
    function: _Named | None = None


class _Schema(Struct, frozen=True, gc=False):
    name: _Name
    schema: Raw = Raw()
    description: str | None = None
    strict: bool | None = None


class _Format(Struct, frozen=True, gc=False):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _Schema | None = None


class _Reasoning(Struct, frozen=True, gc=False):
    """OpenRouter's form, which can name a budget. How it is shown (`summary`, `exclude`) is each surface's own."""

    effort: str | None = None
    max_tokens: int | None = None
    enabled: bool | None = None
    exclude: bool | None = None


class _Body(Struct, frozen=True, gc=False):
    model: _Name
    # More would hold up everybody else for seconds; no model reads as many.
    messages: Annotated[list[WireMessage], Meta(min_length=1, max_length=100_000)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    tools: Annotated[list[_Tool], Meta(max_length=1024)] | None = None
    tool_choice: str | _NamedTool | None = None
    parallel_tool_calls: bool | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: _Fraction | None = None
    top_k: _Positive | None = None
    max_tokens: _Positive | None = None
    max_completion_tokens: _Positive | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    presence_penalty: _Penalty | None = None
    frequency_penalty: _Penalty | None = None
    response_format: _Format | None = None
    reasoning_effort: str | None = None
    reasoning: _Reasoning | None = None
    fallback_models: Annotated[list[_Name], Meta(max_length=16)] = field(default_factory=list[_Name])
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None


# What the language has no word for, so that no translation carries it. The functions are what tools once were.
_ONLY_HERE = ("audio", "function_call", "functions", "moderation", "web_search_options")
_BEYOND = frozenset({"logprobs", "modalities", "n", "top_logprobs", *_ONLY_HERE})
WORDS = frozenset(_Body.__struct_fields__) - _BEYOND - {"fallback_models"}
"""Members of a body that the language has words for."""
_body = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCall:
    """What the body asks, and how it wants the answer.

    Attributes:
        fallback_models: Our extension `fallback_models`: models to ask in turn when the first fails.
        choices: How many answers it wants.
    """

    request: Request
    stream: bool
    include_usage: bool
    fallback_models: tuple[str, ...]
    choices: int = 1


def decode_request(body: bytes) -> ChatCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no chat request, with the path of the field.
    """
    told = decode_body(body, _body)
    fields = {name: raw for name, raw in decode_body(body, MEMBERS).items() if bytes(raw) != b"null"}
    fields.pop("fallback_models", None)
    extra = _extra(fields)
    _check(told)
    beyond = _beyond(told, fields)
    system, messages = decode_messages(told.messages, beyond)
    tools = tuple(_tools(told.tools or (), beyond))
    request = Request(
        model=told.model,
        system=system,
        messages=messages,
        tools=tools,
        tool_choice=_tool_choice(told, beyond),
        parallel_tools=told.parallel_tool_calls,
        sampling=_sampling(told),
        response_format=_response_format(told.response_format),
        reasoning=_reasoning(told),
        extra=extra,
        original=Original(
            wire=WIRE,
            fields=fields,
            stream=bool(told.stream),
            beyond=tuple(beyond),
            minor=("reasoning.exclude",) if told.reasoning and told.reasoning.exclude else (),
        ),
    )
    return ChatCall(
        request=request,
        stream=bool(told.stream),
        include_usage=bool(told.stream_options and told.stream_options.include_usage),
        fallback_models=tuple(told.fallback_models),
        choices=told.n or 1,
    )


def _extra(fields: Mapping[str, Raw]) -> dict[str, object]:
    """Return the parameters that we have no word for, but that an answer can do without."""
    return {
        name: decode_body(raw, _anything, at=name)
        for name, raw in fields.items()
        if name not in WORDS and name not in _BEYOND
    }


def _beyond(told: _Body, fields: Mapping[str, Raw]) -> list[str]:
    """Return what only a provider that speaks this wire can be asked."""
    asked = {
        "n": told.n is not None and told.n != 1,
        "logprobs": bool(told.logprobs),
        "top_logprobs": bool(told.top_logprobs),
        "modalities": told.modalities is not None and told.modalities != ["text"],
        **{name: name in fields for name in _ONLY_HERE},
    }
    return [name for name, wanted in asked.items() if wanted]


_anything: msgspec.json.Decoder[object] = msgspec.json.Decoder(object)


def _check(told: _Body) -> None:
    if told.stream_options is not None and not told.stream:
        raise InvalidRequestError("`stream_options` is only allowed with `stream`.", field="stream_options")


def _tools(told: Sequence[_Tool], beyond: list[str]) -> Iterator[Tool]:
    for index, tool in enumerate(told):
        path = f"tools.{index}"
        if tool.type != "function":
            beyond.append(path)
            continue
        function = tool.function
        if function is None:
            raise InvalidRequestError("A tool needs its `function`.", field=f"{path}.function")
        kept = Tool(
            name=function.name,
            description=function.description or "",
            strict=function.strict,
            cache=decode_mark(tool.cache_control or function.cache_control),
        )
        parameters = _object(function.parameters, f"{path}.function.parameters")
        yield kept if parameters is None else msgspec.structs.replace(kept, parameters=parameters)


def _object(raw: Raw, path: str) -> str | None:
    """Return the text of a JSON object, byte for byte; `None` for null or nothing."""
    try:
        text = str(bytes(raw), "utf-8").strip()
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The body is not valid JSON in UTF-8.", field=path) from error
    if text in {"", "null"}:
        return None
    if not text.startswith("{"):
        raise InvalidRequestError(f"Expected `object` at `{path}`.", field=path)
    return text


def _tool_choice(told: _Body, beyond: list[str]) -> ToolChoice:
    choice = told.tool_choice
    if choice is None or choice == "auto":
        return "auto"
    if isinstance(choice, _NamedTool):
        if choice.type != "function" or choice.function is None:
            beyond.append("tool_choice")
            return "auto"
        name = choice.function.name
        if not any(tool.function and tool.function.name == name for tool in told.tools or ()):
            raise InvalidRequestError(f"`tools` has no `{name}`.", field="tool_choice")
        return NamedTool(name=name)
    if choice == "none":
        return "none"
    if choice != "required":
        raise InvalidRequestError(
            "`tool_choice` must be `auto`, `none`, `required` or a function.", field="tool_choice"
        )
    if not told.tools:
        raise InvalidRequestError("`tool_choice` is `required`, but there are no `tools`.", field="tool_choice")
    return "required"


def _sampling(told: _Body) -> Sampling:
    return Sampling(
        temperature=told.temperature,
        top_p=told.top_p,
        top_k=told.top_k,
        max_output_tokens=told.max_tokens if told.max_completion_tokens is None else told.max_completion_tokens,
        stop=(told.stop,) if isinstance(told.stop, str) else tuple(told.stop or ()),
        seed=told.seed,
        presence_penalty=told.presence_penalty,
        frequency_penalty=told.frequency_penalty,
    )


def _response_format(wanted: _Format | None) -> ResponseFormat:
    if wanted is None or wanted.type == "text":
        return "text"
    if wanted.type == "json_object":
        return JsonObject()
    told = wanted.json_schema
    schema = _object(told.schema, "response_format.json_schema.schema") if told else None
    if told is None or schema is None:
        raise InvalidRequestError("A `json_schema` with its `schema` is missing.", field="response_format.json_schema")
    return JsonSchema(name=told.name, schema=schema, description=told.description, strict=told.strict)


def _reasoning(told: _Body) -> Reasoning | None:
    effort = told.reasoning_effort or (told.reasoning.effort if told.reasoning else None)
    budget = told.reasoning.max_tokens if told.reasoning else None
    if effort is None and budget is None and told.reasoning and told.reasoning.enabled is not None:
        effort = "medium" if told.reasoning.enabled else "none"
    return None if effort is None and budget is None else Reasoning(effort=effort, budget_tokens=budget)

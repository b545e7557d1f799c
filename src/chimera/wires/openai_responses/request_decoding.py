"""The body of `POST /responses` as our request, refusing with the path of the member what cannot be asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.kit.ids import new_id
from chimera.llm import JsonObject, JsonSchema, Original, Reasoning, Request, ResponseFormat, Sampling, Text
from chimera.wires.bodies import MEMBERS
from chimera.wires.openai_responses.echo import echo_of
from chimera.wires.openai_responses.items import Conversation
from chimera.wires.openai_responses.reading import kind_of, read_at
from chimera.wires.openai_responses.reasoning import WIRE
from chimera.wires.openai_responses.tools import Form, Offered, decode_tool_choice

_Fraction: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
_Penalty: TypeAlias = Annotated[float, Meta(ge=-2, le=2)]
_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]


class _Format(Struct, frozen=True, gc=False):
    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    schema: Raw = Raw()
    description: str | None = None
    strict: bool | None = None


class _Text(Struct, frozen=True, gc=False):
    format: _Format | None = None
    verbosity: str | None = None


class _Reasoning(Struct, frozen=True, gc=False):
    effort: str | None = None


class _Body(Struct, frozen=True, gc=False):
    model: _Name
    # More would hold up everybody else for seconds; no model reads as many.
    input: str | Annotated[list[Raw], Meta(max_length=100_000)] | None = None
    instructions: str | None = None
    stream: bool | None = None
    store: bool | None = None
    background: bool | None = None
    previous_response_id: str | None = None
    include: list[str] | None = None
    tools: Annotated[list[Raw], Meta(max_length=1024)] | None = None
    tool_choice: Raw = Raw()
    parallel_tool_calls: bool | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: _Fraction | None = None
    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    max_tool_calls: int | None = None
    presence_penalty: _Penalty | None = None
    frequency_penalty: _Penalty | None = None
    top_logprobs: int | None = None
    text: _Text | None = None
    reasoning: _Reasoning | None = None
    metadata: Annotated[dict[str, str], Meta(max_length=16)] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    service_tier: str | None = None
    fallback_models: Annotated[list[_Name], Meta(max_length=16)] = []


_REFUSED = {
    "conversation": "Conversations are not kept here; use `previous_response_id`, or send the items.",
    "prompt": "Prompts are not kept here; send `instructions` and `input`.",
}
# What is answered here, whoever the provider is.
_OURS = frozenset({"store", "background", "previous_response_id", "fallback_models"})
# Whoever sends these gets what they ask from any provider: by translation, from us, or because they ask nothing.
_SPOKEN = frozenset({
    "model", "input", "instructions", "stream", "stream_options", "include", "tools", "tool_choice",
    "parallel_tool_calls", "temperature", "top_p", "max_output_tokens", "presence_penalty", "frequency_penalty",
    "top_logprobs", "text", "reasoning", "metadata",
})  # fmt: skip
_NEUTRAL: Mapping[str, frozenset[object]] = {
    "truncation": frozenset({"disabled"}),
    "service_tier": frozenset({"auto", "default"}),
}
_LOGPROBS = "message.output_text.logprobs"
_PREFIXES = {
    "message": "msg", "function_call": "fc", "function_call_output": "fco", "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco", "reasoning": "rs",
}  # fmt: skip
_SAID = _PREFIXES.keys() - {"reasoning"}
_UNWORDED = re.compile(r"[^a-z]")
_body = msgspec.json.Decoder(_Body)
_object = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesCall:
    """What the body asks, and how it wants the answer.

    Attributes:
        items: The call's own input as a list of items, each with an id: to be kept and listed.
        echo: What the response object repeats of the request.
        forms: What the caller calls tools, by the names that models know; see `Head.forms`.
        references: Ids of items that the input only refers to; `resolved` puts them in.
        fallback_models: Our extension: models to ask in turn when the first fails.
        told: The body as it was read, for `with_history` and `resolved`; so `fields`, its members.
    """

    request: Request
    stream: bool
    store: bool = True
    background: bool = False
    previous_response_id: str | None = None
    include: frozenset[str] = frozenset()
    items: tuple[dict[str, Any], ...] = ()
    echo: dict[str, Any] = field(default_factory=dict[str, Any])
    forms: Mapping[str, Form] = field(default_factory=dict[str, Form])
    references: tuple[str, ...] = ()
    fallback_models: tuple[str, ...] = ()
    told: _Body = field(repr=False)
    fields: Mapping[str, Raw] = field(repr=False)


def decode_request(body: bytes) -> ResponsesCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no request, with the path of the member.
        UnsupportedParameterError: for one that asks what is not kept here.
    """
    told = read_at(_body, body, "")
    fields = {name: raw for name, raw in read_at(MEMBERS, body, "").items() if bytes(raw) != b"null"}
    for name, message in _REFUSED.items():
        if name in fields:
            raise UnsupportedParameterError(message, field=name)
    own = _own(told)
    if not own and told.previous_response_id is None:
        raise InvalidRequestError("`input` is missing.", field="input")
    offered, request = _request(told, fields, own, ())
    return ResponsesCall(
        request=request,
        stream=bool(told.stream),
        store=told.store is not False,
        background=bool(told.background),
        previous_response_id=told.previous_response_id,
        include=frozenset(told.include or ()),
        items=tuple(_listed(raw, f"input.{index}") for index, raw in enumerate(own)),
        echo=echo_of({name: read_at(_anything, raw, name) for name, raw in fields.items() if name != "input"}),
        forms=offered.forms,
        references=tuple(filter(None, map(_reference, own))),
        fallback_models=tuple(told.fallback_models),
        told=told,
        fields=fields,
    )


def with_history(call: ResponsesCall, items: Sequence[dict[str, Any]]) -> ResponsesCall:
    """Return the call with earlier items before its own, in its messages and for a provider that takes this wire.

    `items` and `references` of the call stay its own.
    """
    told = list(items)
    while told and told[-1].get("type") == "reasoning":
        told.pop()  # the answer was cut before it said anything; OpenAI refuses reasoning that nothing follows
    history = tuple(Raw(_encode(_without_id(item))) for item in told)
    offered, request = _request(call.told, call.fields, _own(call.told), history)
    return replace(call, request=request, forms=offered.forms)


def resolved(call: ResponsesCall, found: Mapping[str, dict[str, Any]]) -> ResponsesCall:
    """Return the call with the items that it refers to; for calls with `references`, before `with_history`.

    Raises:
        InvalidRequestError: if one was not found.
    """
    own: list[Raw] = []
    for index, raw in enumerate(_own(call.told)):
        wanted = _reference(raw)
        if wanted is None:
            own.append(raw)
        elif wanted in found:
            own.append(Raw(_encode(found[wanted])))
        else:
            raise InvalidRequestError(f"Item with id '{wanted}' not found.", field=f"input.{index}.id")
    told = msgspec.structs.replace(call.told, input=own)
    fields = {**call.fields, "input": Raw(_encode(own))}
    offered, request = _request(told, fields, own, ())
    items = tuple(_listed(raw, f"input.{index}") for index, raw in enumerate(own))
    return replace(call, request=request, forms=offered.forms, items=items, references=(), told=told, fields=fields)


def _without_id(item: dict[str, Any]) -> dict[str, Any]:
    """Return the item without an id that a provider, who keeps nothing, could look for."""
    return {name: value for name, value in item.items() if name != "id"} if item.get("type") in _SAID else item


def _own(told: _Body) -> list[Raw]:
    if isinstance(told.input, str):
        content = [{"type": "input_text", "text": told.input}]
        return [Raw(_encode({"type": "message", "role": "user", "content": content}))]
    return told.input or []


def _request(
    told: _Body, fields: Mapping[str, Raw], own: Sequence[Raw], history: Sequence[Raw]
) -> tuple[Offered, Request]:
    conversation = Conversation()
    if told.instructions:
        conversation.system.append(Text(text=told.instructions))
    conversation.offered.take(told.tools or (), "tools")
    for index, raw in enumerate(history):
        conversation.add(raw, f"previous_response_id.{index}")
    for index, raw in enumerate(own):
        conversation.add(raw, f"input.{index}")
    offered, messages = conversation.offered, conversation.messages
    choice, tools, forced = decode_tool_choice(told.tool_choice, offered)
    beyond = [*conversation.beyond, *_beyond(told, fields), *(["tool_choice"] if forced else [])]
    kept = {name: raw for name, raw in fields.items() if name not in _OURS}
    if history:
        kept["input"] = Raw(_encode([*history, *own]))
    request = Request(
        model=told.model,
        system=tuple(conversation.system),
        messages=messages,
        tools=tuple(tools.values()),
        tool_choice=choice,
        parallel_tools=told.parallel_tool_calls,
        sampling=_sampling(told),
        response_format=_response_format(told.text.format if told.text else None),
        reasoning=Reasoning(effort=told.reasoning.effort) if told.reasoning and told.reasoning.effort else None,
        extra={"verbosity": told.text.verbosity} if told.text and told.text.verbosity else {},
        original=Original(
            wire=WIRE,
            fields=kept,
            stream=bool(told.stream),
            beyond=tuple(beyond),
            minor=(*offered.omitted, *conversation.minor, *_minor(told, kept)),
        ),
    )
    return offered, request


def _beyond(told: _Body, fields: Mapping[str, Raw]) -> list[str]:
    asked = {
        "top_logprobs": bool(told.top_logprobs),
        "include": _LOGPROBS in (told.include or ()),
        "moderation": "moderation" in fields,
    }
    return [name for name, wanted in asked.items() if wanted]


def _minor(told: _Body, fields: Mapping[str, Raw]) -> list[str]:
    neutral = {name for name, values in _NEUTRAL.items() if getattr(told, name) in values}
    return [name for name in fields if name not in _SPOKEN and name not in neutral and name != "moderation"]


def _sampling(told: _Body) -> Sampling:
    return Sampling(
        temperature=told.temperature,
        top_p=told.top_p,
        max_output_tokens=told.max_output_tokens,
        presence_penalty=told.presence_penalty,
        frequency_penalty=told.frequency_penalty,
    )


def _response_format(wanted: _Format | None) -> ResponseFormat:
    if wanted is None or wanted.type == "text":
        return "text"
    if wanted.type == "json_object":
        return JsonObject()
    schema = bytes(wanted.schema).decode(errors="replace").strip()
    if not wanted.name or not schema.startswith("{"):
        raise InvalidRequestError("A `json_schema` needs its `name` and `schema`.", field="text.format")
    return JsonSchema(name=wanted.name, schema=schema, description=wanted.description, strict=wanted.strict)


def _reference(raw: Raw) -> str | None:
    """Return the id of an item that stands elsewhere."""
    if kind_of(raw, "input") != "item_reference":
        return None
    return str(read_at(_object, raw, "input").get("id"))


def _listed(raw: Raw, path: str) -> dict[str, Any]:
    """Return an item as lists of items show it."""
    item = {"type": "message"} | {name: value for name, value in read_at(_object, raw, path).items() if value != ()}
    kind = str(item["type"])
    if kind == "message" and isinstance(item.get("content"), str):
        spoken: dict[str, Any] = {"type": "input_text", "text": item["content"]}
        if item.get("role") == "assistant":
            spoken = {"type": "output_text", "text": item["content"], "annotations": [], "logprobs": []}
        item["content"] = [spoken]
    if kind in {"message", "function_call", "function_call_output"}:
        item.setdefault("status", "completed")
    if not item.get("id"):
        item["id"] = f"{_PREFIXES.get(kind) or _UNWORDED.sub('', kind)[:12] or 'item'}_{new_id().hex}"
    return item


_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Any)

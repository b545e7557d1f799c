"""The bodies of `POST /api/chat` and `/api/generate` as our request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Image,
    JsonObject,
    JsonSchema,
    Message,
    Original,
    Reasoning,
    Request,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
)
from chimera.wires.bodies import MEMBERS, decode_body
from chimera.wires.ollama.content import ORIGIN
from chimera.wires.ollama.message_decoding import Decoded, WireMessage, image

WIRE = ORIGIN
CHAT, GENERATE = "chat", "generate"
"""The operations."""

SCHEMA_NAME = "answer"
"""Ollama's schemas have no name; other wires demand one."""

_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]


class _Options(Struct, frozen=True, gc=False):
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: int | None = None
    num_predict: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    presence_penalty: Annotated[float, Meta(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Meta(ge=-2, le=2)] | None = None


class _Function(Struct, frozen=True, gc=False):
    name: _Name
    description: str | None = None
    parameters: Raw = Raw()


class _Tool(Struct, frozen=True, gc=False):
    function: _Function
    type: Literal["function"] | None = None


class _Common(Struct, frozen=True, gc=False):
    model: _Name
    stream: bool | None = None
    format: Raw = Raw()
    think: bool | str | None = None
    options: dict[str, Raw] | None = None
    logprobs: bool | None = None
    fallback_models: Annotated[list[_Name], Meta(max_length=16)] = field(default_factory=list[_Name])


class _Chat(_Common, frozen=True, gc=False):
    messages: Annotated[list[WireMessage], Meta(max_length=100_000)] | None = None
    tools: Annotated[list[_Tool], Meta(max_length=1024)] | None = None


class _Generate(_Common, frozen=True, gc=False):
    prompt: str | None = None
    system: str | None = None
    images: list[str] | None = None


_chat, _generate = msgspec.json.Decoder(_Chat), msgspec.json.Decoder(_Generate)
_options = msgspec.json.Decoder(_Options)
_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Any)
# What only the model's own server can do: fill a gap, apply a template, go on from its own tokens, paint.
_ONLY_HERE = ("suffix", "template", "raw", "context", "width", "height", "steps")
_NOTHING = frozenset({b"null", b"false", b'""', b"[]", b"0"})
_KNOWN = frozenset(_Chat.__struct_fields__) | frozenset(_Generate.__struct_fields__) | frozenset(_ONLY_HERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaCall:
    """What the body asks, and how it wants the answer.

    Attributes:
        shows_thinking: Whether reasoning is shown; it is unless `think` is false.
        loads: Whether nothing is asked but that the model be loaded or forgotten, and then which: `load`, `unload`.
        fallback_models: Our extension `fallback_models`: models to ask in turn when the first fails.
    """

    request: Request
    stream: bool
    shows_thinking: bool
    loads: str | None
    fallback_models: tuple[str, ...]


def decode_request(body: bytes, *, operation: str = CHAT) -> OllamaCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no request, with the path of the field.
    """
    fields = {name: raw for name, raw in decode_body(body, MEMBERS).items() if bytes(raw) != b"null"}
    told: _Chat | _Generate
    if operation == CHAT:
        told = decode_body(body, _chat)
        system, messages = _conversation(told.messages or ())
        tools = tuple(_tool(tool, index) for index, tool in enumerate(told.tools or ()))
    else:
        told = decode_body(body, _generate)
        system, messages, tools = _prompt(told), tuple(_asked(told)), ()
    beyond = [name for name in _ONLY_HERE if name in fields and bytes(fields[name]) not in _NOTHING]
    beyond += ["logprobs"] if told.logprobs else []
    keep_alive = bytes(fields.get("keep_alive", b"1")).strip(b'"')
    return OllamaCall(
        request=Request(
            model=told.model,
            system=system,
            messages=messages,
            tools=tools,
            sampling=_sampling(told.options),
            response_format=_format(told.format),
            reasoning=_reasoning(told),
            original=Original(
                wire=WIRE,
                fields={name: raw for name, raw in fields.items() if name != "fallback_models"},
                stream=told.stream is not False,
                operation=operation,
                beyond=tuple(beyond),
                minor=tuple(_minor(fields, told.options)),
            ),
        ),
        stream=told.stream is not False,
        shows_thinking=told.think is not False,
        loads=None if messages or system or beyond else "unload" if keep_alive.startswith(b"0") else "load",
        fallback_models=tuple(told.fallback_models),
    )


def _conversation(told: Sequence[WireMessage]) -> tuple[tuple[Text, ...], tuple[Message, ...]]:
    decoded = Decoded()
    for index, message in enumerate(told):
        decoded.add(message, f"messages.{index}")
    return tuple(decoded.system), tuple(decoded.messages)


def _prompt(told: _Generate) -> tuple[Text, ...]:
    return (Text(text=told.system),) if told.system and told.prompt else ()


def _asked(told: _Generate) -> Iterator[Message]:
    pictures: list[Image] = [image(data, f"images.{index}") for index, data in enumerate(told.images or ())]
    if told.prompt or pictures:
        said = [Text(text=told.prompt)] if told.prompt else []
        yield Message(role="user", parts=(*said, *pictures))


def _tool(tool: _Tool, index: int) -> Tool:
    function = tool.function
    plain = Tool(name=function.name, description=function.description or "")
    if bytes(function.parameters) in {b"", b"null"}:
        return plain
    text = _object(function.parameters, f"tools.{index}.function.parameters")
    return msgspec.structs.replace(plain, parameters=text)


def _object(raw: Raw, path: str) -> str:
    try:
        text = str(bytes(raw), "utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The body is not valid JSON in UTF-8.", field=path) from error
    if not text.startswith("{"):
        raise InvalidRequestError(f"Expected `object` at `{path}`.", field=path)
    return text


def _sampling(options: Mapping[str, Raw] | None) -> Sampling:
    if not options:
        return Sampling()
    told = decode_body(msgspec.json.encode(options), _options, at="options")
    return Sampling(
        temperature=told.temperature,
        top_p=told.top_p,
        # 0 and below mean all tokens, as many as there is room for.
        top_k=told.top_k if told.top_k is not None and told.top_k > 0 else None,
        max_output_tokens=told.num_predict if told.num_predict is not None and told.num_predict > 0 else None,
        stop=(told.stop,) if isinstance(told.stop, str) else tuple(told.stop or ()),
        seed=told.seed,
        presence_penalty=told.presence_penalty,
        frequency_penalty=told.frequency_penalty,
    )


def _minor(fields: Mapping[str, Raw], options: Mapping[str, Raw] | None) -> Iterator[str]:
    yield from (name for name in fields if name not in _KNOWN and name not in {"truncate", "shift"})
    yield from (f"options.{name}" for name in options or () if name not in _Options.__struct_fields__)


def _format(told: Raw) -> ResponseFormat:
    if bytes(told) in {b"", b"null", b'""'}:
        return "text"
    if bytes(told) == b'"json"':
        return JsonObject()
    return JsonSchema(name=SCHEMA_NAME, schema=_object(told, "format"))


def _reasoning(told: _Common) -> Reasoning | None:
    match told.think:
        case None | "":
            return None
        case True:
            return Reasoning(effort="medium")
        case False:
            return Reasoning(effort="none")
        case word:
            return Reasoning(effort=word)

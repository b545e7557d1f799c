"""Messages as a client of OpenAI sends them, as ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import CacheTtl, Document, Image, Message, Part, Role, Text, Thinking, ToolCall, ToolResult
from chimera.wires.conversation import identified
from chimera.wires.openai_chat.parts.citations import decode_annotations
from chimera.wires.openai_chat.parts.marks import Mark, decode_mark
from chimera.wires.openai_chat.parts.reasoning import Detail, decode_detail
from chimera.wires.openai_chat.tool_deltas import thought_signature

_Name: TypeAlias = Annotated[str, Meta(min_length=1)]
_LINKS = ("https://", "http://", "data:")
_ROLES: Mapping[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool",
    "function": "tool",
}  # fmt: skip


class _Text(Struct, frozen=True, gc=False, tag="text"):
    text: str
    cache_control: Mark | None = None


class _Refusal(Struct, frozen=True, gc=False, tag="refusal"):
    refusal: str


class _ImageUrl(Struct, frozen=True, gc=False):
    url: str
    detail: Literal["auto", "low", "high", "original"] | None = None


class _Image(Struct, frozen=True, gc=False, tag="image_url"):
    image_url: _ImageUrl
    cache_control: Mark | None = None


class _FileData(Struct, frozen=True, gc=False):
    file_data: str | None = None
    filename: str | None = None


class _File(Struct, frozen=True, gc=False, tag="file"):
    file: _FileData
    cache_control: Mark | None = None


class _Audio(Struct, frozen=True, gc=False, tag="input_audio"):
    pass


class _Video(Struct, frozen=True, gc=False, tag="video_url"):
    pass


_Piece: TypeAlias = _Text | _Refusal | _Image | _File | _Audio | _Video


class _Function(Struct, frozen=True, gc=False):
    name: _Name
    arguments: str


class _Call(Struct, frozen=True, gc=False):
    id: str
    function: _Function | None = None
    type: str = "function"
    extra_content: Any = None
    cache_control: Mark | None = None


class WireMessage(Struct, frozen=True, gc=False):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Piece] | None = None
    name: str | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    annotations: list[Raw] | None = None
    # DeepSeek's and OpenRouter's names for reasoning that a client sends back.
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Detail] | None = None
    # LiteLLM's clients mark messages, too.
    cache_control: Mark | None = None
    function_call: Any = None
    audio: Any = None


def decode_messages(told: Sequence[WireMessage], beyond: list[str]) -> tuple[tuple[Text, ...], tuple[Message, ...]]:
    """Return the leading instructions and the messages after them.

    Args:
        told: The messages.
        beyond: Gets the paths of what the language has no word for.

    Raises:
        InvalidRequestError: for a message that does not fit its role, with its path.
    """
    system: list[Text] = []
    messages: list[Message] = []
    for index, message in enumerate(told):
        plain = _plain(message)
        parts = tuple(_parts(message, f"messages.{index}", beyond)) if plain is None else (Text(text=plain),)
        role = _ROLES[message.role]
        if role == "system" and not messages and message.name is None:
            system.extend(part for part in parts if isinstance(part, Text))
        else:
            messages.append(Message(role=role, parts=parts, name=message.name if role != "tool" else None))
    return tuple(system), tuple(identified(messages))


def _plain(message: WireMessage) -> str | None:
    """The text of a message that is nothing else, as nearly all are."""
    text = message.content
    if type(text) is not str or not text or message.cache_control is not None:
        return None
    match message.role:
        case "system" | "developer" | "user":
            return text
        case "assistant":
            return text if message == WireMessage(role="assistant", content=text, name=message.name) else None
        case _:
            return None


def _parts(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Part]:
    match message.role:
        case "assistant":
            yield from _assistant(message, path, beyond)
        case "tool":
            if message.tool_call_id is None:
                raise InvalidRequestError("A tool message needs its `tool_call_id`.", field=f"{path}.tool_call_id")
            parts = tuple(_content(message, path, beyond))
            yield ToolResult(call_id=message.tool_call_id, parts=parts, cache=decode_mark(message.cache_control))
        case "function":
            beyond.append(path)
        case "user":
            yield from _marked(list(_content(message, path, beyond)), decode_mark(message.cache_control))
        case _:
            yield from _marked(list(_texts_only(message, path, beyond)), decode_mark(message.cache_control))


def _marked(parts: list[Text | Image | Document], cache: CacheTtl | None) -> list[Text | Image | Document]:
    """Return the parts with the message's mark on their last."""
    if cache is not None and parts and parts[-1].cache is None:
        parts[-1] = msgspec.structs.replace(parts[-1], cache=cache)
    return parts


def _content(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Text | Image | Document]:
    if message.content is None:
        raise InvalidRequestError(f"A message of role `{message.role}` needs `content`.", field=f"{path}.content")
    if isinstance(message.content, str):
        if message.content:
            yield Text(text=message.content)
        return
    for index, piece in enumerate(message.content):
        where = f"{path}.content.{index}"
        part = _part(piece, where)
        if part is None:
            beyond.append(where)
        elif not isinstance(part, Text) or part.text:
            yield part


def _part(piece: _Piece, path: str) -> Text | Image | Document | None:
    """Return the part; `None` for what the language has no word for."""
    match piece:
        case _Text():
            return Text(text=piece.text, cache=decode_mark(piece.cache_control))
        case _Refusal():
            return Text(text=piece.refusal, refusal=True)
        case _Image():
            url = _link(piece.image_url.url, f"{path}.image_url.url")
            cache = decode_mark(piece.cache_control)
            return Image(url=url, detail=piece.image_url.detail or "auto", cache=cache)
        case _File():
            if piece.file.file_data is None:
                return None  # it is known by its id, at one provider
            url = _link(piece.file.file_data, f"{path}.file.file_data")
            return Document(url=url, name=piece.file.filename, cache=decode_mark(piece.cache_control))
        case _Audio() | _Video():
            return None


def _link(url: str, path: str) -> str:
    if not url.startswith(_LINKS):
        raise InvalidRequestError("Expected a link that begins with `https://`, `http://` or `data:`.", field=path)
    return url


def _texts_only(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Text]:
    for index, part in enumerate(_content(message, path, beyond)):
        if not isinstance(part, Text):
            where = f"{path}.content.{index}"
            raise InvalidRequestError(f"A message of role `{message.role}` takes text only.", field=where)
        yield part


def _assistant(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Part]:
    beyond.extend(f"{path}.{name}" for name in ("function_call", "audio") if getattr(message, name) is not None)
    yield from _thoughts(message)
    yield from _said(message, path, beyond)
    for index, call in enumerate(message.tool_calls or ()):
        where = f"{path}.tool_calls.{index}"
        if call.type != "function":
            beyond.append(where)
        elif call.function is None:
            raise InvalidRequestError("A tool call needs its `function`.", field=f"{where}.function")
        else:
            yield ToolCall(
                id=call.id,
                name=call.function.name,
                arguments=call.function.arguments,
                signature=thought_signature(call.extra_content),
                cache=decode_mark(call.cache_control),
            )


def _thoughts(message: WireMessage) -> Iterator[Thinking]:
    """Yield the reasoning; where its details have the words, they stand in `reasoning` once more."""
    details = message.reasoning_details or ()
    words = message.reasoning_content or message.reasoning
    if words and not any(detail.words for detail in details):
        yield Thinking(text=words)
    yield from map(decode_detail, details)


def _said(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Text]:
    texts = list(_texts_only(message, path, beyond)) if message.content is not None else []
    if texts:
        marked = _marked([*texts], decode_mark(message.cache_control))
        texts = [part for part in marked if isinstance(part, Text)]
        if message.annotations:
            texts[0] = msgspec.structs.replace(texts[0], citations=decode_annotations(message.annotations))
    if message.refusal:
        texts.append(Text(text=message.refusal, refusal=True))
    others = (message.tool_calls, message.function_call, message.audio)
    if message.content is None and not texts and not any(others):
        raise InvalidRequestError("An assistant message needs `content` or `tool_calls`.", field=f"{path}.content")
    yield from texts

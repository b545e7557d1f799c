"""Messages as a client of OpenAI sends them, as ours."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, NoReturn, TypeAlias

from msgspec import Meta, Struct

from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.llm import Document, Image, Message, Part, Role, Text, Thinking, ToolCall, ToolResult
from chimera.wires.openai_chat.tool_deltas import thought_signature

_Name: TypeAlias = Annotated[str, Meta(min_length=1)]
_LINKS = ("https://", "http://", "data:")


class _Text(Struct, frozen=True, gc=False, tag="text"):
    text: str


class _Refusal(Struct, frozen=True, gc=False, tag="refusal"):
    refusal: str


class _ImageUrl(Struct, frozen=True, gc=False):
    url: str
    detail: Literal["auto", "low", "high", "original"] | None = None


class _Image(Struct, frozen=True, gc=False, tag="image_url"):
    image_url: _ImageUrl


class _FileData(Struct, frozen=True, gc=False):
    file_data: str | None = None
    filename: str | None = None


class _File(Struct, frozen=True, gc=False, tag="file"):
    file: _FileData


class _Audio(Struct, frozen=True, gc=False, tag="input_audio"):
    pass


_Piece: TypeAlias = _Text | _Refusal | _Image | _File | _Audio


class _Function(Struct, frozen=True, gc=False):
    name: _Name
    arguments: str


class _Call(Struct, frozen=True, gc=False):
    id: _Name
    function: _Function | None = None
    type: str = "function"
    extra_content: Any = None


class WireMessage(Struct, frozen=True, gc=False):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Piece] | None = None
    name: str | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    # DeepSeek's and OpenRouter's names for reasoning that a client sends back.
    reasoning_content: str | None = None
    reasoning: str | None = None
    function_call: Any = None


def decode_messages(told: Sequence[WireMessage]) -> tuple[tuple[Text, ...], tuple[Message, ...]]:
    """Return the leading instructions and the messages after them.

    Raises:
        InvalidRequestError: for a message that does not fit its role, with its path.
        UnsupportedParameterError: for content that we do not carry.
    """
    system: list[Text] = []
    messages: list[Message] = []
    for index, message in enumerate(told):
        parts = tuple(_parts(message, f"messages.{index}"))
        role: Role = "system" if message.role == "developer" else message.role
        if role == "system" and not messages and message.name is None:
            system.extend(part for part in parts if isinstance(part, Text))
        else:
            messages.append(Message(role=role, parts=parts, name=message.name if role != "tool" else None))
    return tuple(system), tuple(messages)


def _parts(message: WireMessage, path: str) -> Iterator[Part]:
    match message.role:
        case "assistant":
            yield from _assistant(message, path)
        case "tool":
            if not message.tool_call_id:
                raise InvalidRequestError("A tool message needs its `tool_call_id`.", field=f"{path}.tool_call_id")
            yield ToolResult(call_id=message.tool_call_id, parts=tuple(_tool_content(message, path)))
        case "user":
            yield from _content(message, path)
        case _:
            yield from _texts_only(message, path)


def _content(message: WireMessage, path: str) -> Iterator[Text | Image | Document]:
    if message.content is None:
        raise InvalidRequestError(f"A message of role `{message.role}` needs `content`.", field=f"{path}.content")
    if isinstance(message.content, str):
        if message.content:
            yield Text(text=message.content)
        return
    for index, piece in enumerate(message.content):
        part = _part(piece, f"{path}.content.{index}")
        if not isinstance(part, Text) or part.text:
            yield part


def _part(piece: _Piece, path: str) -> Text | Image | Document:
    match piece:
        case _Text():
            return Text(text=piece.text)
        case _Refusal():
            return Text(text=piece.refusal)
        case _Image():
            url = _link(piece.image_url.url, f"{path}.image_url.url")
            return Image(url=url, detail=piece.image_url.detail or "auto")
        case _File():
            if piece.file.file_data is None:
                _refuse(f"{path}.file", "Files by id are not carried; send `file_data` as a data URL.")
            return Document(url=_link(piece.file.file_data, f"{path}.file.file_data"), name=piece.file.filename)
        case _Audio():
            raise UnsupportedParameterError("Audio is not carried.", field=path)


def _link(url: str, path: str) -> str:
    if not url.startswith(_LINKS):
        raise InvalidRequestError("Expected a link that begins with `https://`, `http://` or `data:`.", field=path)
    return url


def _texts_only(message: WireMessage, path: str) -> Iterator[Text]:
    for index, part in enumerate(_content(message, path)):
        if not isinstance(part, Text):
            where = f"{path}.content.{index}"
            raise InvalidRequestError(f"A message of role `{message.role}` takes text only.", field=where)
        yield part


def _tool_content(message: WireMessage, path: str) -> Iterator[Text | Image]:
    for index, part in enumerate(_content(message, path)):
        if isinstance(part, Document):
            _refuse(f"{path}.content.{index}", "A tool message takes text and images only.")
        yield part


def _assistant(message: WireMessage, path: str) -> Iterator[Part]:
    if message.function_call is not None:
        _refuse(f"{path}.function_call", "`function_call` is not carried any more; use `tool_calls`.")
    thinking = message.reasoning_content or message.reasoning
    if thinking:
        yield Thinking(text=thinking)
    if message.content is not None:
        yield from _texts_only(message, path)
    elif message.refusal:
        yield Text(text=message.refusal)
    elif not message.tool_calls:
        raise InvalidRequestError("An assistant message needs `content` or `tool_calls`.", field=f"{path}.content")
    for index, call in enumerate(message.tool_calls or ()):
        yield _call(call, f"{path}.tool_calls.{index}")


def _call(call: _Call, path: str) -> ToolCall:
    if call.type != "function":
        _refuse(f"{path}.type", f"Tool calls of type `{call.type}` are not carried; only `function` is.")
    if call.function is None:
        raise InvalidRequestError("A tool call needs its `function`.", field=f"{path}.function")
    return ToolCall(
        id=call.id,
        name=call.function.name,
        arguments=call.function.arguments,
        signature=thought_signature(call.extra_content),
    )


def _refuse(path: str, message: str) -> NoReturn:
    raise UnsupportedParameterError(message, field=path)

"""Messages as a client of Anthropic sends them, as ours."""

import base64
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    CacheTtl,
    Citation,
    Document,
    Image,
    Message,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    data_url,
)
from chimera.wires.anthropic_messages.citations import decode_citation
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.bodies import decode_body
from chimera.wires.reading import UNREADABLE
from chimera.wires.signatures import split_id, unsealed

_PLACES = {
    "user": frozenset({"text", "image", "document", "search_result", "tool_result"}),
    "assistant": frozenset({"text", "thinking", "redacted_thinking", "tool_use"}),
    "system": frozenset({"text"}),
}
_KNOWN = frozenset().union(*_PLACES.values())
_SHOWN = frozenset({"text", "image", "document", "search_result"})


class CacheControl(Struct, frozen=True, gc=False):
    """The mark for the prompt cache."""

    type: Literal["ephemeral"] = "ephemeral"
    ttl: CacheTtl | None = None


class _Source(Struct, frozen=True, gc=False):
    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    content: "str | list[Block] | None" = None


class _Citable(Struct, frozen=True, gc=False):
    enabled: bool | None = None


class Block(Struct, frozen=True, gc=False):
    """A content block of any type: which members matter depends on it."""

    type: str
    text: str | None = None
    source: _Source | str | None = None
    title: str | None = None
    context: str | None = None
    citations: Raw = Raw()
    id: str | None = None
    name: str | None = None
    input: Raw = Raw()
    tool_use_id: str | None = None
    content: Raw = Raw()
    is_error: bool | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    cache_control: CacheControl | None = None


class WireMessage(Struct, frozen=True, gc=False):
    role: Literal["user", "assistant", "system"]
    content: str | list[Block]


Shown: TypeAlias = Text | Image | Document
_content: msgspec.json.Decoder[str | list[Block]] = msgspec.json.Decoder(str | list[Block])
_citations = msgspec.json.Decoder(list[Raw])
_citable = msgspec.json.Decoder(_Citable)


def decode_messages(told: Sequence[WireMessage], beyond: list[str]) -> tuple[Message, ...]:
    """Return the messages; tool results become messages of their own.

    Args:
        told: As they were sent.
        beyond: Gets the paths of blocks that the language has no word for.

    Raises:
        InvalidRequestError: for a block that does not fit its message, with its path.
    """
    messages: list[Message] = []
    for index, message in enumerate(told):
        parts = list(_parts(message, f"messages.{index}.content", beyond))
        if message.role != "user":
            messages.append(Message(role=message.role, parts=tuple(parts)))
            continue
        for are_results, group in groupby(parts, key=lambda part: isinstance(part, ToolResult)):
            messages.append(Message(role="tool" if are_results else "user", parts=tuple(group)))
    return tuple(messages)


def decode_texts(told: str | Sequence[Block], path: str) -> tuple[Text, ...]:
    """Return instructions, which are text only, or raise as `decode_messages`."""
    if isinstance(told, str):
        return (Text(text=told),) if told else ()
    texts: list[Text] = []
    for index, block in enumerate(told):
        if block.type != "text":
            raise InvalidRequestError("Instructions are text only.", field=f"{path}.{index}.type")
        texts.append(_text(block, f"{path}.{index}"))
    return tuple(texts)


def ttl_of(mark: CacheControl | None) -> CacheTtl | None:
    return None if mark is None else mark.ttl or "5m"


def _parts(message: WireMessage, path: str, beyond: list[str]) -> Iterator[Part]:
    if isinstance(message.content, str):
        if message.content:
            yield Text(text=message.content)
        return
    for index, block in enumerate(message.content):
        where = f"{path}.{index}"
        if block.type in _KNOWN and block.type not in _PLACES[message.role]:
            raise InvalidRequestError(
                f"A message of role `{message.role}` takes no `{block.type}`.", field=f"{where}.type"
            )
        yield from _part(block, where, beyond)


def _part(block: Block, path: str, beyond: list[str]) -> Iterator[Part]:
    match block.type:
        case "thinking":
            signature, origin = unsealed(block.signature or "", wire=ORIGIN)
            yield Thinking(text=_needed(block.thinking, f"{path}.thinking"), signature=signature, origin=origin)
        case "redacted_thinking":
            signature, origin = unsealed(_needed(block.data, f"{path}.data"), wire=ORIGIN)
            yield Thinking(text="", signature=signature, origin=origin, redacted=True)
        case "tool_use":
            yield _call(block, path)
        case "tool_result":
            yield ToolResult(
                call_id=split_id(_needed(block.tool_use_id, f"{path}.tool_use_id"))[0],
                parts=tuple(_result(block.content, f"{path}.content", beyond)),
                is_error=bool(block.is_error),
                cache=ttl_of(block.cache_control),
            )
        case _:
            yield from _shown(block, path, beyond)


def _shown(block: Block, path: str, beyond: list[str]) -> Iterator[Shown]:
    part: Shown | None = None
    match block.type:
        case "text":
            part = _text(block, path)
            if not part.text:
                return
        case "image":
            part = _image(block, path)
        case "document":
            part = _document(block, path)
        case "search_result":
            part = _search_result(block, path)
    if part is None:
        beyond.append(path)
    else:
        yield part


def _text(block: Block, path: str) -> Text:
    text = _needed(block.text, f"{path}.text")
    return Text(text=text, cache=ttl_of(block.cache_control), citations=_cited(block, f"{path}.citations"))


def _cited(block: Block, path: str) -> tuple[Citation, ...]:
    if bytes(block.citations) in {b"", b"null"}:
        return ()
    try:
        return tuple(decode_citation(bytes(raw)) for raw in _citations.decode(block.citations))
    except UNREADABLE as error:
        raise InvalidRequestError(f"`{path}` must be a list of citations.", field=path) from error


def _image(block: Block, path: str) -> Image | None:
    source = _source(block, path)
    cache = ttl_of(block.cache_control)
    match source.type:
        case "base64":
            media_type = _needed(source.media_type, f"{path}.source.media_type")
            return Image(url=data_url(media_type, _needed(source.data, f"{path}.source.data")), cache=cache)
        case "url":
            return Image(url=_link(source, path), cache=cache)
        case _:
            return None


def _document(block: Block, path: str) -> Document | None:
    url = _document_url(_source(block, path), path)
    if url is None:
        return None
    citable = False
    if bytes(block.citations) not in {b"", b"null"}:
        citable = bool(decode_body(bytes(block.citations), _citable).enabled)
    return Document(
        url=url, name=block.title, context=block.context, citable=citable, cache=ttl_of(block.cache_control)
    )


def _document_url(source: _Source, path: str) -> str | None:
    match source.type:
        case "base64":
            media_type = source.media_type or "application/pdf"
            return data_url(media_type, _needed(source.data, f"{path}.source.data"))
        case "url":
            return _link(source, path)
        case "text":
            return _plain(_needed(source.data, f"{path}.source.data"))
        case "content":
            pieces = [source.content] if isinstance(source.content, str) else _texts_of(source.content or ())
            return None if None in pieces else _plain("\n".join(filter(None, pieces)))
        case _:
            return None


def _texts_of(blocks: Sequence[Block]) -> list[str | None]:
    return [block.text for block in blocks]


def _search_result(block: Block, path: str) -> Document:
    """Return what was found as a document, which any provider can be given."""
    told = decode_body(bytes(block.content or b"[]"), _content)
    texts = [told] if isinstance(told, str) else [found.text or "" for found in told]
    found_at = block.source if isinstance(block.source, str) else None
    return Document(url=_plain("\n".join(texts)), name=block.title, context=found_at)


def _call(block: Block, path: str) -> ToolCall:
    call_id, signature = split_id(_needed(block.id, f"{path}.id"))
    arguments = str(bytes(block.input), "utf-8", "replace").strip()
    if not arguments.startswith("{"):
        raise InvalidRequestError("A tool call needs its `input`, an object.", field=f"{path}.input")
    return ToolCall(
        id=call_id,
        name=_needed(block.name, f"{path}.name"),
        arguments=arguments,
        signature=signature,
        cache=ttl_of(block.cache_control),
    )


def _result(content: Raw, path: str, beyond: list[str]) -> Iterator[Shown]:
    if bytes(content) in {b"", b"null"}:
        return
    told = decode_body(bytes(content), _content)
    if isinstance(told, str):
        if told:
            yield Text(text=told)
        return
    for index, block in enumerate(told):
        if block.type in _KNOWN - _SHOWN:
            raise InvalidRequestError(f"A tool result takes no `{block.type}`.", field=f"{path}.{index}.type")
        yield from _shown(block, f"{path}.{index}", beyond)


def _source(block: Block, path: str) -> _Source:
    if not isinstance(block.source, _Source):
        raise InvalidRequestError(f"`{path}.source` is missing.", field=f"{path}.source")
    return block.source


def _link(source: _Source, path: str) -> str:
    url = _needed(source.url, f"{path}.source.url")
    if not url.startswith(("https://", "http://")):
        raise InvalidRequestError("Expected a link that begins with `https://`.", field=f"{path}.source.url")
    return url


def _plain(text: str) -> str:
    return data_url("text/plain", base64.b64encode(text.encode("utf-8", "surrogatepass")).decode())


def _needed(value: str | None, path: str) -> str:
    if value is None:
        raise InvalidRequestError(f"`{path}` is missing.", field=path)
    return value

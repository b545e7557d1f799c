"""Parts of messages as Anthropic's content blocks."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Raw

from chimera.kit.errors import InvalidRequestError
from chimera.llm import CacheTtl, Document, Image, Text, Thinking, ToolCall, ToolResult, split_data_url
from chimera.wires.json_text import arguments_object
from chimera.wires.text_document import decoded_text

ORIGIN = "anthropic_messages"

_IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_PLAIN_ID = re.compile(r"[a-zA-Z0-9_-]+")
_NOT_PLAIN = re.compile(r"[^a-zA-Z0-9_-]")

_MOST_MARKS = 4

Block = dict[str, Any]


def marked(block: Block, cache: CacheTtl | None) -> Block:
    """Return the block with its mark for the prompt cache, if it bears one; five minutes are the default."""
    if cache is None:
        return block
    return {**block, "cache_control": {"type": "ephemeral"} if cache == "5m" else {"type": "ephemeral", "ttl": cache}}


def keep_marks(body: dict[str, Any], lost: list[str]) -> None:
    """Keep the first four marks of a body, in the order in which the model reads: tools, system, messages.

    More are refused: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
    """
    bearers = [block for block in _blocks(body) if "cache_control" in block]
    for block in bearers[_MOST_MARKS:]:
        del block["cache_control"]
    if len(bearers) > _MOST_MARKS:
        lost.append("cache")


def text_block(text: Text) -> Block | None:
    """Return the block, or `None` for text that the API would refuse as empty."""
    if not text.text.strip():
        return None
    block: Block = {"type": "text", "text": text.text}
    own = [Raw(cited.source.encode()) for cited in text.citations if cited.origin == ORIGIN and cited.source]
    return marked({**block, "citations": own} if own else block, text.cache)


def image_block(image: Image) -> Block:
    """Return the block of a JPEG, PNG, GIF or WebP, or of a web address that Anthropic fetches itself.

    Raises:
        InvalidRequestError: for any other address or format.
    """
    if image.url.startswith(("https://", "http://")):
        return marked({"type": "image", "source": {"type": "url", "url": image.url}}, image.cache)
    split = split_data_url(image.url)
    if split is None:
        raise _refused("An image must be a web address or a base64 data URL.")
    media_type = "image/jpeg" if split[0] == "image/jpg" else split[0]
    if media_type not in _IMAGE_TYPES:
        raise _refused(f"Anthropic takes JPEG, PNG, GIF and WebP images, not {media_type}.")
    source = {"type": "base64", "media_type": media_type, "data": split[1]}
    return marked({"type": "image", "source": source}, image.cache)


def document_block(document: Document) -> Block:
    """Return the block of a PDF or a plain text.

    Raises:
        InvalidRequestError: for any other address or format.
    """
    block: Block = {"type": "document", "source": _document_source(document.url)}
    if document.name:
        block["title"] = document.name
    if document.context:
        block["context"] = document.context
    if document.citable:
        block["citations"] = {"enabled": True}
    return marked(block, document.cache)


def tool_id(call_id: str) -> str:
    """Return the id if the API takes it, else one made from it: the same for a call and its result."""
    if _PLAIN_ID.fullmatch(call_id):
        return call_id
    digest = hashlib.blake2s(call_id.encode(), digest_size=5).hexdigest()
    return f"{_NOT_PLAIN.sub('_', call_id)[:40] or 'call'}_{digest}"


def call_block(call: ToolCall) -> Block:
    block = {
        "type": "tool_use",
        "id": tool_id(call.id),
        "name": call.name,
        "input": arguments_object(call.arguments),
    }
    return marked(block, call.cache)


def result_block(result: ToolResult) -> Block:
    content = [inner for inner in map(_shown, result.parts) if inner]
    block: Block = {"type": "tool_result", "tool_use_id": tool_id(result.call_id)}
    if content:
        block["content"] = content
    if result.is_error:
        block["is_error"] = True
    return marked(block, result.cache)


def _shown(part: Text | Image | Document) -> Block | None:
    match part:
        case Text():
            return text_block(part)
        case Image():
            return image_block(part)
        case Document():
            return document_block(part)


def thinking_block(thinking: Thinking) -> Block | None:
    """Return the block if Anthropic signed it; reasoning of others is not shown to it."""
    if thinking.origin != ORIGIN or not thinking.signature:
        return None
    if thinking.redacted:
        return {"type": "redacted_thinking", "data": thinking.signature}
    return {"type": "thinking", "thinking": thinking.text, "signature": thinking.signature}


def _blocks(body: dict[str, Any]) -> Iterator[Block]:
    yield from body.get("tools", ())
    yield from body.get("system", ())
    for message in body["messages"]:
        for block in message["content"]:
            if block["type"] == "tool_result":
                yield from block.get("content", ())
            yield block


def _refused(why: str) -> InvalidRequestError:
    return InvalidRequestError(why, field="messages")


def _document_source(url: str) -> Block:
    if url.startswith(("https://", "http://")):
        return {"type": "url", "url": url}
    split = split_data_url(url)
    if split is None:
        raise _refused("A document must be a web address or a base64 data URL.")
    media_type, data = split
    if media_type == "application/pdf":
        return {"type": "base64", "media_type": media_type, "data": data}
    if not media_type.startswith("text/"):
        raise _refused(f"Anthropic takes PDF and plain text documents, not {media_type}.")
    return {"type": "text", "media_type": "text/plain", "data": decoded_text(data)}

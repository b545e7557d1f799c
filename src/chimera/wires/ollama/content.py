"""Messages as Ollama's messages: text in one string, images beside it."""

from collections.abc import Sequence
from typing import Any

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Document, Image, Message, Part, Text, Thinking, ToolCall, ToolResult, split_data_url
from chimera.wires.json_text import arguments_object
from chimera.wires.text_document import decoded_text

ORIGIN = "ollama"

Json = dict[str, Any]


def encode_message(message: Message, names: dict[str, str]) -> list[Json]:
    """Return the message, or one message for each result of a tool.

    Args:
        message: What was said.
        names: Names of the tools by call id; calls are added, results look theirs up.

    Raises:
        InvalidRequestError: for images by address and for documents that are no text.
    """
    results = [_result(part, names) for part in message.parts if isinstance(part, ToolResult)]
    if message.role == "tool":
        return results
    said = _said(message.parts)
    encoded: Json = {"role": message.role, **said}
    calls = [part for part in message.parts if isinstance(part, ToolCall)]
    if calls:
        names |= {call.id: call.name for call in calls}
        encoded["tool_calls"] = [_call(call, index) for index, call in enumerate(calls)]
    own = [part.text for part in message.parts if isinstance(part, Thinking) and part.origin == ORIGIN]
    if own:
        encoded["thinking"] = "".join(own)
    empty = not encoded["content"] and len(encoded) == 2
    return [] if empty else [encoded]


def _said(parts: Sequence[Part]) -> Json:
    texts = [part.text for part in parts if isinstance(part, Text)]
    for document in (part for part in parts if isinstance(part, Document)):
        texts += [document.context] if document.context else []
        texts.append(_document_text(document))
    images = [_image(part) for part in parts if isinstance(part, Image)]
    return {"content": "\n".join(texts)} | ({"images": images} if images else {})


def _result(result: ToolResult, names: dict[str, str]) -> Json:
    message: Json = {"role": "tool", **_said(result.parts), "tool_call_id": result.call_id}
    if result.is_error:
        message["content"] = f"Error: {message['content']}"
    name = names.get(result.call_id)
    return message | ({"tool_name": name} if name else {})


def _call(call: ToolCall, index: int) -> Json:
    function = {"index": index, "name": call.name, "arguments": arguments_object(call.arguments)}
    return {"id": call.id, "function": function}


def _image(image: Image) -> str:
    split = split_data_url(image.url)
    if split is None:
        raise InvalidRequestError("Ollama fetches no images; send the image as a base64 data URL.", field="messages")
    return split[1]


def _document_text(document: Document) -> str:
    split = split_data_url(document.url)
    if split is None or not split[0].startswith(("text/", "application/json")):
        raise InvalidRequestError("Ollama reads no documents but text in a base64 data URL.", field="messages")
    return f"<document name={document.name or 'document'!r}>\n{decoded_text(split[1])}\n</document>"

"""Our messages as OpenAI's. What a message cannot carry is named in `lost`."""

from collections.abc import Iterator, Sequence
from typing import Any

from chimera.llm import Document, Image, Message, Part, Text, Thinking, ToolCall, ToolResult
from chimera.wires.openai_chat.quirks import Quirks

_IMAGE_STAND_IN = "[an image that cannot be shown here]"


def encode_messages(
    instructions: Sequence[str], messages: Sequence[Message], *, quirks: Quirks, lost: list[str]
) -> list[dict[str, Any]]:
    """Return the messages, the instructions first and as one message: many chat templates refuse a second one."""
    encoded: list[dict[str, Any]] = []
    if instructions:
        encoded.append({"role": "system", "content": "\n\n".join(instructions)})
    for message in messages:
        if message.role == "tool":
            encoded.extend(_tool_messages(message.parts, quirks, lost))
        elif message.role == "assistant":
            encoded.append(_assistant(message, quirks, lost))
        else:
            encoded.append(_named({"role": message.role, "content": _content(message.parts, lost)}, message))
    return encoded


def _named(encoded: dict[str, Any], message: Message) -> dict[str, Any]:
    if message.name is not None:
        encoded["name"] = message.name
    return encoded


def _content(parts: Sequence[Part], lost: list[str]) -> str | list[dict[str, Any]]:
    """Return plain text as a string, which every imitator takes, and anything else as a list."""
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    content: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Text():
                content.append({"type": "text", "text": part.text})
            case Image():
                content.append(_image(part))
            case Document():
                content.append({"type": "file", "file": _file(part)})
            case Thinking() | ToolCall() | ToolResult():
                lost.append(f"messages.{_word(part)}")
    return content or ""


def _image(image: Image) -> dict[str, Any]:
    address = {"url": image.url}
    if image.detail != "auto":
        address["detail"] = image.detail
    return {"type": "image_url", "image_url": address}


def _file(document: Document) -> dict[str, Any]:
    file = {"file_data": document.url}
    return file if document.name is None else {"filename": document.name} | file


def _assistant(message: Message, quirks: Quirks, lost: list[str]) -> dict[str, Any]:
    texts = [part.text for part in message.parts if isinstance(part, Text)]
    calls = [_call(part, quirks, lost) for part in message.parts if isinstance(part, ToolCall)]
    encoded: dict[str, Any] = {"role": "assistant", "content": "".join(texts) or (None if calls else "")}
    lost.extend(f"messages.{_word(part)}" for part in message.parts if isinstance(part, Image | Document | ToolResult))
    thoughts = [part for part in message.parts if isinstance(part, Thinking)]
    if quirks.thinking is not None and (thoughts or (calls and quirks.thinking_required)):
        encoded[quirks.thinking] = "".join(thought.text for thought in thoughts)
    elif thoughts:
        lost.append("messages.thinking")
    if calls:
        encoded["tool_calls"] = calls
    return _named(encoded, message)


def _call(call: ToolCall, quirks: Quirks, lost: list[str]) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }
    if call.signature is not None:
        if quirks.signatures:
            encoded["extra_content"] = {"google": {"thought_signature": call.signature}}
        else:
            lost.append("messages.tool_call.signature")
    return encoded


def _tool_messages(parts: Sequence[Part], quirks: Quirks, lost: list[str]) -> Iterator[dict[str, Any]]:
    for part in parts:
        if not isinstance(part, ToolResult):
            lost.append(f"messages.{_word(part)}")
            continue
        if part.is_error:
            lost.append("messages.tool_result.is_error")
        yield {"role": "tool", "tool_call_id": part.call_id, "content": _result(part, quirks, lost)}


def _result(result: ToolResult, quirks: Quirks, lost: list[str]) -> str | list[dict[str, Any]]:
    if quirks.tool_images:
        return _content(result.parts, lost)
    texts: list[str] = []
    for part in result.parts:
        if isinstance(part, Text):
            texts.append(part.text)
        else:
            texts.append(_IMAGE_STAND_IN)
            lost.append("messages.tool_result.image")
    return "\n".join(texts)


def _word(part: Part) -> str:
    return str(part.__struct_config__.tag)

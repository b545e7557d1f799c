"""A conversation as Anthropic demands it: user first, roles in turns, every call answered in the very next message."""

from collections.abc import Sequence
from typing import Any

from chimera.llm import Document, Image, Message, Part, Text, Thinking, ToolCall, ToolResult
from chimera.wires.anthropic_messages.content import (
    ORIGIN,
    Block,
    call_block,
    document_block,
    image_block,
    result_block,
    text_block,
    thinking_block,
)
from chimera.wires.conversation import OPENING, marked_instruction, paired


def encode_messages(messages: Sequence[Message], lost: list[str]) -> list[dict[str, Any]]:
    """Return the messages; what the wire cannot carry is added to `lost`.

    Raises:
        InvalidRequestError: for images and documents that Anthropic does not take.
    """
    turns: list[dict[str, Any]] = []
    for message in paired(messages):
        role = "assistant" if message.role == "assistant" else "user"
        blocks = _blocks(message, lost)
        if message.name:
            lost.append("messages.name")
        if not blocks:
            continue
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"].extend(blocks)
        else:
            turns.append({"role": role, "content": blocks})
    if not turns or turns[0]["role"] != "user":
        turns.insert(0, {"role": "user", "content": [{"type": "text", "text": OPENING}]})
    if turns[-1]["role"] == "assistant":
        _trim_prefill(turns[-1]["content"])
    return turns


def _blocks(message: Message, lost: list[str]) -> list[Block]:
    blocks: list[Block] = []
    for part in message.parts:
        if message.role == "assistant" and isinstance(part, Image | Document):
            # Refused: https://platform.claude.com/docs/en/api/versioning
            lost.append("messages.image" if isinstance(part, Image) else "messages.document")
            continue
        if message.role == "system" and isinstance(part, Text):
            # Older models take no role `system`, newer ones only at certain places:
            # https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
            block = text_block(Text(text=marked_instruction(part.text), cache=part.cache))
        else:
            block = _block(part)
        if block is not None:
            blocks.append(block)
        elif isinstance(part, Thinking):
            lost.append("messages.thinking")
        if isinstance(part, ToolCall) and part.signature:
            lost.append("messages.tool_call.signature")
        if isinstance(part, Image) and part.detail != "auto":
            lost.append("messages.image.detail")
        if isinstance(part, Text) and any(cited.origin != ORIGIN for cited in part.citations):
            lost.append("messages.citations")
    return blocks


def _block(part: Part) -> Block | None:
    match part:
        case Text():
            return text_block(part)
        case Image():
            return image_block(part)
        case Document():
            return document_block(part)
        case ToolCall():
            return call_block(part)
        case ToolResult():
            return result_block(part)
        case Thinking():
            return thinking_block(part)


def _trim_prefill(content: list[Block]) -> None:
    # "final assistant content cannot end with trailing whitespace": https://platform.claude.com/docs/en/api/errors
    if content[-1]["type"] == "text":
        content[-1] = {**content[-1], "text": content[-1]["text"].rstrip()}

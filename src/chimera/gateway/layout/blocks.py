"""A prompt as providers' prompt caches see it: blocks in a row, of which a prefix can be read from the cache."""

from collections.abc import Sequence
from typing import NamedTuple

from chimera.llm import Document, Image, Message, Part, Request, Text, Thinking, Tool, ToolCall, ToolResult


class Block(NamedTuple):
    """A piece of the prompt.

    Attributes:
        where: Its place in a chat body: `tools.0`, `system`, `messages.3`.
    """

    where: str
    text: str


def blocks_of(request: Request) -> list[Block]:
    """Tools come first, then the system prompt, then the conversation: so providers put them together.

    Anthropic says so (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching), OpenAI's caches behave so.
    """
    tools = [Block(f"tools.{place}", _tool(tool)) for place, tool in enumerate(request.tools)]
    system = [Block("system", text.text) for text in request.system]
    first = 1 if request.system else 0  # a chat body has the system prompt as its first message
    said = [Block(f"messages.{place}", _message(message)) for place, message in enumerate(request.messages, first)]
    return [*tools, *system, *said]


def shared_characters(before: Sequence[Block], after: Sequence[Block]) -> int:
    """Length of the prefix that both prompts have in common."""
    shared = 0
    for one, other in zip(before, after, strict=False):
        if one.text == other.text:
            shared += len(one.text)
            continue
        return shared + _common(one.text, other.text)
    return shared


def _common(one: str, other: str) -> int:
    """Length of the common beginning, by halving: comparing slices is quick."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _tool(tool: Tool) -> str:
    return f"{tool.name}\n{tool.description}\n{tool.parameters}"


def _message(message: Message) -> str:
    return "\n".join((message.role, *(_part(part) for part in message.parts)))


def _part(part: Part) -> str:
    match part:
        case Text() | Thinking():
            return part.text
        case Image() | Document():
            return part.url
        case ToolCall():
            return f"{part.id}\n{part.name}\n{part.arguments}"
        case ToolResult():
            return "\n".join((part.call_id, *(_part(inner) for inner in part.parts)))

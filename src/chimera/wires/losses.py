"""What of a request is left out on the way to a provider: the names, and who loses what by its kind. Pure."""

from collections.abc import Iterator, Sequence

from chimera.llm import Document, Image, Message, Part, Request, Text, Thinking, ToolResult

NAMES = frozenset({
    "temperature", "top_p", "top_k", "stop", "seed", "presence_penalty", "frequency_penalty", "reasoning_effort",
    "response_format", "tools", "tools.strict", "tool_choice", "parallel_tool_calls", "cache", "messages.name",
    "messages.thinking", "messages.thinking.signature", "messages.citations", "messages.image", "messages.image.detail",
    "messages.document", "messages.document.citations", "messages.document.context", "messages.tool_call",
    "messages.tool_call.signature", "messages.tool_result", "messages.tool_result.image",
    "messages.tool_result.document", "messages.tool_result.is_error",
})  # fmt: skip
"""Every loss by its one name; docs/reference/apis.md says what each means. Besides there are `extra.<member>`, which no
other API has, and paths into the caller's own body, spelled as there."""


def lost_in(request: Request, *, origin: str) -> set[str]:
    """Return the names of what is left out, each once.

    Args:
        request: What is to be sent.
        origin: The wire itself; its own reasoning can go back.
    """
    lost = set(_of_messages(request.messages, origin))
    parts = [*request.system, *_flat(request.messages), *request.tools]
    if any(part.cache is not None for part in parts if not isinstance(part, Thinking)):
        lost.add("cache")
    if any(tool.strict for tool in request.tools):
        lost.add("tools.strict")
    return lost


def _of_messages(messages: Sequence[Message], origin: str) -> Iterator[str]:
    if any(message.name for message in messages):
        yield "messages.name"
    for part in _flat(messages):
        match part:
            case Thinking() if part.origin != origin:
                yield "messages.thinking"
            case Text() if part.citations:
                yield "messages.citations"
            case Image() if part.detail != "auto":
                yield "messages.image.detail"
            case Document() if part.citable:
                yield "messages.document.citations"
            case _:
                pass


def lost_of_document(document: Document) -> Iterator[str]:
    """Name what is left out where a document is but a file."""
    if document.citable:
        yield "messages.document.citations"
    if document.context:
        yield "messages.document.context"


def _flat(messages: Sequence[Message]) -> Iterator[Part]:
    for message in messages:
        for part in message.parts:
            yield part
            if isinstance(part, ToolResult):
                yield from part.parts

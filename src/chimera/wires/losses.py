"""What of a request is left out by wires that know nothing but roles, text, files and calls. Pure."""

from collections.abc import Iterator, Sequence

from chimera.llm import Document, Image, Message, Part, Request, Text, Thinking, ToolResult


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


def _flat(messages: Sequence[Message]) -> Iterator[Part]:
    for message in messages:
        for part in message.parts:
            yield part
            if isinstance(part, ToolResult):
                yield from part.parts

"""What of a request costs tokens. The one walk over messages that bound, estimate and count share."""

from collections.abc import Iterator

from msgspec import Struct

from chimera.llm import Document, Image, JsonSchema, Message, Part, Request, Text, Thinking, ToolCall, ToolResult


class Content(Struct):
    """Texts to be encoded, and what is charged by the piece.

    Attributes:
        texts: Every text that the model reads, each encoded apart from the others.
        messages: Messages, the system prompt among them.
        plain: Whether nothing but text is in it, so that counting the texts counts the request.
    """

    texts: list[str]
    messages: int = 0
    names: int = 0
    tools: int = 0
    images: int = 0
    small_images: int = 0
    documents: int = 0
    plain: bool = True
    _size: int = -1

    @property
    def size(self) -> int:
        """Bytes of the texts in UTF-8."""
        if self._size < 0:
            self._size = sum(
                len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in self.texts
            )
        return self._size


def content_of(request: Request) -> Content:
    content = Content([part.text for part in request.system], messages=1 if request.system else 0)
    for message in request.messages:
        _add_message(content, message)
    for tool in request.tools:
        content.texts += (tool.name, tool.description, tool.parameters)
    content.tools = len(request.tools)
    if isinstance(request.response_format, JsonSchema):
        content.texts.append(request.response_format.schema)
    if request.tools or request.response_format != "text":
        content.plain = False
    return content


def _add_message(content: Content, message: Message) -> None:
    content.messages += 1
    if message.role == "tool":
        content.plain = False
    if message.name:
        content.names += 1
        content.texts.append(message.name)
    for part in _flat(message.parts):
        match part:
            case Text():
                content.texts.append(part.text)
                continue
            case Thinking():
                content.texts.append(part.text)
            case ToolCall():
                content.texts += (part.name, part.arguments)
            case Image(detail="low"):
                content.small_images += 1
            case Image():
                content.images += 1
            case Document():
                content.documents += 1
        content.plain = False


def _flat(parts: tuple[Part, ...]) -> Iterator[Text | Thinking | ToolCall | Image | Document]:
    for part in parts:
        if isinstance(part, ToolResult):
            yield from part.parts
        else:
            yield part

"""What a conversation is made of: parts, messages, tools. Frozen and tagged, so that they are stored as JSON as is."""

from typing import Literal, TypeAlias

from msgspec import Struct

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]
CacheTtl: TypeAlias = Literal["5m", "1h"]
"""How long a provider should remember the prompt up to and with the part that bears the mark, at least."""


class Citation(Struct, frozen=True, kw_only=True):
    """What a piece of an answer rests on.

    Attributes:
        quote: The words of the source.
        start: First character of the answer's text part that rests on it; with `end`, where the provider tells.
        source: The citation as its wire worded it, as JSON text.
        origin: That wire; it gets `source` back as it was, others get what they have words for.
    """

    url: str | None = None
    title: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    source: str | None = None
    origin: str | None = None


class Text(Struct, frozen=True, kw_only=True, tag="text"):
    """Words.

    Attributes:
        cache: Prompt-caching mark; so on every part that has it.
        refusal: Whether the model declines in these words.
    """

    text: str
    cache: CacheTtl | None = None
    citations: tuple[Citation, ...] = ()
    refusal: bool = False


class Image(Struct, frozen=True, kw_only=True, tag="image"):
    """A picture by address.

    Attributes:
        url: `https://…`, or a data URL (`data:image/png;base64,…`) when the bytes travel with the message.
        detail: OpenAI's hint about resolution: `auto`, `low` or `high`.
    """

    url: str
    detail: str = "auto"
    cache: CacheTtl | None = None


class Document(Struct, frozen=True, kw_only=True, tag="document"):
    """A file (PDF, text) by address or data URL, like `Image`.

    Attributes:
        context: What the model should know about it, but not cite.
        citable: Whether the answer should cite it, where the provider can.
    """

    url: str
    name: str | None = None
    context: str | None = None
    citable: bool = False
    cache: CacheTtl | None = None


class Thinking(Struct, frozen=True, kw_only=True, tag="thinking"):
    """Reasoning that the model showed.

    Attributes:
        signature: The provider's proof over `text`; for a redacted block, the encrypted reasoning itself.
        origin: The wire that signed it (`anthropic_messages`, `gemini`, …); only that wire may get it back.
        redacted: Whether the text was withheld and only `signature` carries the block.
        id: The provider's id of it, where it has one.
    """

    text: str
    signature: str | None = None
    origin: str | None = None
    redacted: bool = False
    id: str | None = None


class ToolCall(Struct, frozen=True, kw_only=True, tag="tool_call"):
    """The model asks for a tool.

    Attributes:
        arguments: JSON text, exactly as the model wrote it; it may be invalid JSON.
        signature: Gemini's thought signature on the call, to be replayed to Gemini only.
    """

    id: str
    name: str
    arguments: str
    signature: str | None = None
    cache: CacheTtl | None = None


class ToolResult(Struct, frozen=True, kw_only=True, tag="tool_result"):
    """What the tool answered; `call_id` names the `ToolCall`."""

    call_id: str
    parts: tuple[Text | Image | Document, ...]
    is_error: bool = False
    cache: CacheTtl | None = None


Part: TypeAlias = Text | Image | Document | Thinking | ToolCall | ToolResult


class Message(Struct, frozen=True, kw_only=True):
    """One message. `ToolResult` parts stand in messages of role `tool` and nowhere else.

    Attributes:
        name: The speaker's name where the provider takes one (OpenAI's `name`).
    """

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None


class Tool(Struct, frozen=True, kw_only=True):
    """A function that the model may call.

    Attributes:
        parameters: JSON Schema of the arguments, as JSON text: hashable, and sent on byte for byte.
    """

    name: str
    description: str = ""
    parameters: str = '{"type":"object","properties":{}}'
    strict: bool | None = None
    cache: CacheTtl | None = None


class NamedTool(Struct, frozen=True, kw_only=True):
    """The model must call this tool."""

    name: str


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | NamedTool


def split_data_url(url: str) -> tuple[str, str] | None:
    """Return (media type, base64 text) of a base64 data URL, or `None` for any other address."""
    if not url.startswith("data:"):
        return None
    head, comma, data = url.partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    return head[5:-7].partition(";")[0] or "application/octet-stream", data


def data_url(media_type: str, base64_text: str) -> str:
    return f"data:{media_type};base64,{base64_text}"

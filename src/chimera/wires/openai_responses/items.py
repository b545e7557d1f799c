"""Items of a conversation as ours: what the assistant said between two others is one message. Pure.

Of items that only OpenAI understands, those whose outcome the answer tells (`web_search_call`, `mcp_call`, …) are left
out for other providers and reported as lost; those without which the conversation would be another
(`compaction`, outputs of computers and shells, references to what is not kept here) cannot be translated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import CacheTtl, Document, Image, Message, Part, Text, ToolCall, ToolResult
from chimera.wires.openai_responses.annotations import decode_annotation
from chimera.wires.openai_responses.reading import kind_of, read_at
from chimera.wires.openai_responses.reasoning import WireReasoning, decode_reasoning
from chimera.wires.openai_responses.tools import Offered, arguments_of, flat_name
from chimera.wires.signatures import split_id

_LINKS = ("https://", "http://", "data:")
_TOLD_BY_THE_ANSWER = frozenset({
    "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "mcp_list_tools",
    "mcp_call", "mcp_approval_request", "mcp_approval_response", "tool_search_call", "tool_search_output",
    "configuration_update",
})  # fmt: skip


class _Breakpoint(Struct, frozen=True, gc=False):
    ttl: str | None = None


class _Piece(Struct, frozen=True, gc=False):
    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | None = None
    detail: str | None = None
    file_url: str | None = None
    file_data: str | None = None
    filename: str | None = None
    annotations: list[Raw] | None = None
    prompt_cache_breakpoint: _Breakpoint | None = None

    @property
    def cache(self) -> CacheTtl | None:
        """How long the prompt up to here should be remembered, in the nearest of our words."""
        mark = self.prompt_cache_breakpoint
        return None if mark is None else "1h" if mark.ttl == "12h" else "5m"


_Content: TypeAlias = str | list[_Piece]


class _Message(Struct, frozen=True, gc=False):
    role: Literal["user", "assistant", "system", "developer"]
    content: _Content
    phase: str | None = None


class _Call(Struct, frozen=True, gc=False):
    call_id: str
    name: str
    arguments: str = ""
    input: str = ""
    namespace: str | None = None


class _Output(Struct, frozen=True, gc=False):
    call_id: str
    output: _Content


class _MoreTools(Struct, frozen=True, gc=False):
    tools: list[Raw] = []


_message = msgspec.json.Decoder(_Message)
_call = msgspec.json.Decoder(_Call)
_output = msgspec.json.Decoder(_Output)
_reasoning = msgspec.json.Decoder(WireReasoning)
_more_tools = msgspec.json.Decoder(_MoreTools)


@dataclass(slots=True)
class Conversation:
    """Items read one after another.

    Attributes:
        system: Leading instructions.
        offered: The request's tools; items may bring more.
        beyond: Paths of what no translation can carry.
        minor: Paths of what a translation leaves out.
    """

    system: list[Text] = field(default_factory=list[Text])
    offered: Offered = field(default_factory=Offered)
    beyond: list[str] = field(default_factory=list[str])
    minor: list[str] = field(default_factory=list[str])
    _messages: list[Message] = field(default_factory=list[Message])
    _said: list[Part] = field(default_factory=list[Part])

    @property
    def messages(self) -> tuple[Message, ...]:
        self._close()
        return tuple(self._messages)

    def add(self, item: Raw, path: str) -> None:
        """Read an item.

        Raises:
            InvalidRequestError: for one that is malformed, with its path.
        """
        kind = kind_of(item, path)
        read = _READERS.get(kind)
        if read is not None:
            read(self, item, path)
        elif kind in _TOLD_BY_THE_ANSWER:
            self.minor.append(path)
        else:
            self.beyond.append(path)

    def message(self, item: Raw, path: str) -> None:
        told = read_at(_message, item, path)
        if told.phase is not None:
            self.minor.append(f"{path}.phase")
        parts = tuple(self._content(told.content, f"{path}.content"))
        if told.role == "assistant":
            for index, part in enumerate(parts):
                if not isinstance(part, Text):
                    where = f"{path}.content.{index}"
                    raise InvalidRequestError("A message of the assistant takes text only.", field=where)
            self._said += parts
            return
        self._close()
        if told.role == "user":
            self._messages.append(Message(role="user", parts=parts))
        elif not self._messages:
            self.system += [part for part in parts if isinstance(part, Text)]
        else:
            self._messages.append(Message(role="system", parts=parts))

    def call(self, item: Raw, path: str) -> None:
        told = read_at(_call, item, path)
        self._called(told, told.arguments)

    def custom_call(self, item: Raw, path: str) -> None:
        told = read_at(_call, item, path)
        self._called(told, arguments_of(told.input))

    def output(self, item: Raw, path: str) -> None:
        told = read_at(_output, item, path)
        self._close()
        call_id, _ = split_id(told.call_id)
        result = ToolResult(call_id=call_id, parts=tuple(self._content(told.output, f"{path}.output")))
        self._messages.append(Message(role="tool", parts=(result,)))

    def reasoning(self, item: Raw, path: str) -> None:
        self._said.append(decode_reasoning(read_at(_reasoning, item, path)))

    def more_tools(self, item: Raw, path: str) -> None:
        self.offered.take(read_at(_more_tools, item, path).tools, f"{path}.tools")

    def _called(self, told: _Call, arguments: str) -> None:
        call_id, signature = split_id(told.call_id)
        name = flat_name(told.name, told.namespace)
        self._said.append(ToolCall(id=call_id, name=name, arguments=arguments, signature=signature))

    def _close(self) -> None:
        if self._said:
            self._messages.append(Message(role="assistant", parts=tuple(self._said)))
            self._said = []

    def _content(self, content: _Content, path: str) -> Iterator[Text | Image | Document]:
        if isinstance(content, str):
            if content:
                yield Text(text=content)
            return
        for index, piece in enumerate(content):
            part = self._part(piece, f"{path}.{index}")
            if part is not None:
                yield part

    def _part(self, piece: _Piece, path: str) -> Text | Image | Document | None:
        match piece:
            case _Piece(type="input_text" | "output_text" | "text" | "summary_text"):
                return _text(piece, path)
            case _Piece(type="refusal"):
                return Text(text=piece.refusal or "", refusal=True)
            case _Piece(type="input_image", image_url=str(url)):
                return Image(url=_link(url, f"{path}.image_url"), detail=piece.detail or "auto", cache=piece.cache)
            case _Piece(type="input_file", file_data=str(data)):
                return Document(url=_link(data, f"{path}.file_data"), name=piece.filename, cache=piece.cache)
            case _Piece(type="input_file", file_url=str(url)):
                return Document(url=_link(url, f"{path}.file_url"), name=piece.filename, cache=piece.cache)
            case _:
                self.beyond.append(path)  # sound, or a file that the provider keeps
                return None


_READERS: dict[str, Callable[[Conversation, Raw, str], None]] = {
    "message": Conversation.message,
    "function_call": Conversation.call,
    "custom_tool_call": Conversation.custom_call,
    "function_call_output": Conversation.output,
    "custom_tool_call_output": Conversation.output,
    "reasoning": Conversation.reasoning,
    "additional_tools": Conversation.more_tools,
}


def _text(piece: _Piece, path: str) -> Text | None:
    if piece.text is None:
        raise InvalidRequestError(f"`{path}` needs its `text`.", field=path)
    try:
        citations = tuple(decode_annotation(raw) for raw in piece.annotations or ())
    except msgspec.ValidationError as error:
        raise InvalidRequestError("There is an annotation that is none.", field=f"{path}.annotations") from error
    return Text(text=piece.text, citations=citations, cache=piece.cache) if piece.text or citations else None


def _link(url: str, path: str) -> str:
    if not url.startswith(_LINKS):
        raise InvalidRequestError("Expected a link that begins with `https://`, `http://` or `data:`.", field=path)
    return url

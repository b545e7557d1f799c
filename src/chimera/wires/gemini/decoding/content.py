"""Contents as a client of Google's sends them, as our messages.

What a client plays back in pieces, as its SDK keeps the chunks of a stream, becomes one message again: adjoining
contents of the model, adjoining thoughts, adjoining text of the model. Calls without an id, as older models make them,
get one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Document, Image, Message, Part, Text, Thinking, ToolCall, ToolResult, data_url
from chimera.wires.gemini.content import ORIGIN, UNSIGNED, is_held_by_google
from chimera.wires.gemini.seals import standard_base64, unsealed

_NO_WORD = ("audio/", "video/")
_EXCUSES = frozenset({UNSIGNED, "context_engineering_is_the_way_to_go"})


class _Blob(Struct, frozen=True, gc=False, rename="camel"):
    mime_type: str = ""
    data: str = ""
    display_name: str | None = None


class _File(Struct, frozen=True, gc=False, rename="camel"):
    file_uri: str
    mime_type: str = ""
    display_name: str | None = None


class _Call(Struct, frozen=True, gc=False):
    name: str
    id: str | None = None
    args: Raw = Raw(b"{}")


class _ResponsePart(Struct, frozen=True, gc=False, rename="camel"):
    inline_data: _Blob | None = None
    file_data: _File | None = None


class _Response(Struct, frozen=True, gc=False):
    name: str = ""
    id: str | None = None
    response: dict[str, Any] | None = None
    parts: list[_ResponsePart] | None = None


class WirePart(Struct, frozen=True, gc=False, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    inline_data: _Blob | None = None
    file_data: _File | None = None
    function_call: _Call | None = None
    function_response: _Response | None = None


class WireContent(Struct, frozen=True, gc=False):
    # One thing may stand for a list of one, as everywhere in Google's JSON.
    parts: list[WirePart] | WirePart | None = None
    role: Literal["user", "model", "function", "system"] | None = None


@dataclass(slots=True)
class Decoded:
    """A conversation in the making.

    Attributes:
        beyond: Paths of parts that the language has no word for.
    """

    messages: list[Message] = field(default_factory=list[Message])
    beyond: list[str] = field(default_factory=list[str])
    _calls: int = 0
    _open: list[ToolCall] = field(default_factory=list[ToolCall])

    def add(self, content: WireContent, path: str) -> None:
        """Add what was said.

        Raises:
            InvalidRequestError: for a part that cannot be read, with its path.
        """
        parts = list(self._parts(content, path))
        if content.role == "model":
            self._answer(parts)
            return
        results = tuple(part for part in parts if isinstance(part, ToolResult))
        others = tuple(part for part in parts if not isinstance(part, ToolResult))
        if results:
            self.messages.append(Message(role="tool", parts=results))
        if others or not results:
            self.messages.append(Message(role="system" if content.role == "system" else "user", parts=others))

    def _answer(self, parts: Sequence[Part]) -> None:
        joined: list[Part] = []
        if self.messages and self.messages[-1].role == "assistant":
            joined += self.messages.pop().parts
        else:
            self._open.clear()
        for part in parts:
            _join(joined, part)
        self._open += [part for part in parts if isinstance(part, ToolCall)]
        self.messages.append(Message(role="assistant", parts=tuple(joined)))

    def _parts(self, content: WireContent, path: str) -> Iterator[Part]:
        for index, told in enumerate(listed(content.parts)):
            where = f"{path}.parts.{index}"
            if told.function_response is not None:
                yield self._result(told.function_response, where)
            elif told.function_call is not None:
                yield from self._call(told.function_call, told.thought_signature)
            elif told.inline_data is not None or told.file_data is not None:
                yield self._file(told.inline_data, told.file_data, where)
            elif told.text is not None or told.thought_signature:
                yield from _said(told, is_answer=content.role == "model")
            else:
                self.beyond.append(where)

    def _call(self, call: _Call, signature: str | None) -> Iterator[Part]:
        if signature and (hidden := unsealed(signature)) is not None:
            yield hidden
            signature = None
        yield ToolCall(
            id=call.id or self._new_id(),
            name=call.name,
            arguments=str(bytes(call.args), "utf-8") if bytes(call.args)[:1] == b"{" else "{}",
            signature=None if signature in _EXCUSES else signature or None,
        )

    def _result(self, told: _Response, path: str) -> ToolResult:
        text, is_error = _outcome(told.response) if told.response else ("", False)
        files = [
            self._file(part.inline_data, part.file_data, f"{path}.functionResponse.parts.{index}")
            for index, part in enumerate(told.parts or ())
            if part.inline_data is not None or part.file_data is not None
        ]
        said = [Text(text=text or "{}")] if text or not files else []
        return ToolResult(call_id=self._answered(told), parts=(*said, *files), is_error=is_error)

    def _answered(self, told: _Response) -> str:
        """Return the id of the call that this answers: by its id, else the first open one of that name."""
        for call in self._open:
            if call.id == told.id or (not told.id and call.name == told.name):
                self._open.remove(call)
                return call.id
        return told.id or self._new_id()

    def _new_id(self) -> str:
        self._calls += 1
        return f"call_{self._calls}"

    def _file(self, inline: _Blob | None, held: _File | None, path: str) -> Image | Document:
        if inline is not None:
            kind, name = inline.mime_type, inline.display_name
            url = data_url(kind or "application/octet-stream", standard_base64(inline.data))
        else:
            assert held is not None, "the caller has looked"
            kind, name, url = held.mime_type, held.display_name, held.file_uri
            if not url.startswith(("https://", "http://", "gs://")):
                raise InvalidRequestError("Expected an address.", field=f"{path}.fileData.fileUri")
        if kind.startswith(_NO_WORD) or is_held_by_google(url):
            self.beyond.append(path)
        return Image(url=url) if kind.startswith("image/") else Document(url=url, name=name)


def listed(told: list[WirePart] | WirePart | None) -> Sequence[WirePart]:
    if told is None:
        return ()
    return told if isinstance(told, list) else (told,)


def _said(told: WirePart, *, is_answer: bool) -> Iterator[Part]:
    text, signature = told.text or "", told.thought_signature
    hidden = unsealed(signature) if signature else None
    if told.thought:
        own = Thinking(text=text, signature=signature or None, origin=ORIGIN)
        yield replace(hidden, text=hidden.text or text) if hidden else own
        return
    if hidden is not None:
        yield hidden
    if text:
        yield Text(text=text)
    if signature and hidden is None and is_answer:
        yield Thinking(text="", signature=signature, origin=ORIGIN)


def _join(parts: list[Part], part: Part) -> None:
    """Append the part, or make it one with the last."""
    last = parts[-1] if parts else None
    if isinstance(part, Text) and isinstance(last, Text):
        parts[-1] = Text(text=last.text + part.text)
    elif isinstance(part, Thinking) and isinstance(last, Thinking) and _goes_on(last, part):
        parts[-1] = replace(part, text=last.text + part.text)
    else:
        parts.append(part)


def _goes_on(last: Thinking, part: Thinking) -> bool:
    """Whether a thought that was shown goes on, or gets its signature."""
    return last.origin == ORIGIN and not last.signature and (part.origin == ORIGIN or not part.text)


def _outcome(response: dict[str, Any]) -> tuple[str, bool]:
    """Return what a tool answered, and whether it failed; `output`, `result` and `error` are Google's names for it."""
    match list(response.items()):
        case [("output" | "result", str() as text)]:
            return text, False
        case [("error", str() as text)]:
            return text, True
        case _:
            return msgspec.json.encode(response).decode(), False

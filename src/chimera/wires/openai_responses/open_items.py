"""Output items while they are written: the events that begin, fill and end each. Pure, but for ids."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from chimera.llm import Citation, ThinkingDelta, ToolCall, ToolCallDelta
from chimera.wires.openai_responses.annotations import encode_annotation
from chimera.wires.openai_responses.reasoning import encrypted_content
from chimera.wires.openai_responses.response_object import call_item, made_id, message_item, reasoning_id
from chimera.wires.openai_responses.tools import Form, InputText

Told: TypeAlias = tuple[str, dict[str, Any]]
"""Name of an event (what follows `response.`), and its members."""

_json = msgspec.json.Encoder().encode


def delta_opening(name: str, members: Mapping[str, Any]) -> bytes:
    """Return the bytes of a delta's frame up to its text: prepared once, written with every delta."""
    head = _json({"type": f"response.{name}", **members})
    return b'event: response.%b\ndata: %b,"delta":' % (name.encode(), head[:-1])


class OpenMessage:
    """A message: parts of text or refusal, one after another.

    Attributes:
        opening: See `delta_opening`; for the part that is being written.
    """

    __slots__ = ("_annotations", "_content", "_ended", "_id", "_index", "_pieces", "_refusal", "opening")

    def __init__(self, index: int) -> None:
        self._index = index
        self._id = made_id("msg")
        self._content: list[dict[str, Any]] = []
        self._annotations: list[Any] = []
        self._pieces: list[str] | None = None
        self._refusal = False
        self._ended = ""
        self.opening = b""

    @property
    def item(self) -> dict[str, Any]:
        written = [self._part()] if self._pieces is not None else []
        return message_item(self._id, [*self._content, *written], status=self._ended or "in_progress")

    def continues(self, *, refusal: bool) -> bool:
        """Whether text of this kind belongs to the part that is being written."""
        return self._pieces is not None and self._refusal is refusal

    def begin(self) -> Told:
        return "output_item.added", {"output_index": self._index, "item": self.item}

    def begin_part(self, *, refusal: bool) -> Iterator[Told]:
        yield from self._end_part()
        self._pieces, self._annotations, self._refusal = [], [], refusal
        yield "content_part.added", self._place | {"part": self._part()}
        place = self._place if refusal else self._place | {"logprobs": []}
        self.opening = delta_opening("refusal.delta" if refusal else "output_text.delta", place)

    def hear(self, text: str) -> None:
        assert self._pieces is not None, "a part has begun"
        self._pieces.append(text)

    def cite(self, citation: Citation) -> Iterator[Told]:
        length = sum(map(len, self._pieces or ()))
        annotation = encode_annotation(citation, length=length)
        if annotation is None or self._refusal:
            return
        place = self._place | {"annotation_index": len(self._annotations)}
        self._annotations.append(annotation)
        yield "output_text.annotation.added", place | {"annotation": annotation}

    def end(self, status: str) -> Iterator[Told]:
        yield from self._end_part()
        self._ended = status
        yield "output_item.done", {"output_index": self._index, "item": self.item}

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._id, "output_index": self._index, "content_index": len(self._content)}

    def _part(self) -> dict[str, Any]:
        text = "".join(self._pieces or ())
        if self._refusal:
            return {"type": "refusal", "refusal": text}
        return {"type": "output_text", "text": text, "annotations": list(self._annotations), "logprobs": []}

    def _end_part(self) -> Iterator[Told]:
        if self._pieces is None:
            return
        part, place = self._part(), self._place
        if self._refusal:
            yield "refusal.done", place | {"refusal": part["refusal"]}
        else:
            yield "output_text.done", place | {"text": part["text"], "logprobs": []}
        yield "content_part.done", place | {"part": part}
        self._content.append(part)
        self._pieces = None


class OpenReasoning:
    """A reasoning item, its text told as one part of its summary."""

    __slots__ = ("_id", "_index", "_last", "_pieces", "ended", "named", "opening")

    def __init__(self, index: int, first: ThinkingDelta) -> None:
        self._index = index
        self._id = reasoning_id(first.id, first.origin)
        self._pieces: list[str] = []
        self._last = first
        self.named = first.id
        self.ended = False
        self.opening = b""

    @property
    def item(self) -> dict[str, Any]:
        summary = [self._part()] if self._pieces else []
        item: dict[str, Any] = {"id": self._id, "type": "reasoning", "summary": summary}
        if not self.ended:
            return item
        proof = encrypted_content(self._last.signature, self._last.origin, redacted=self._last.redacted)
        return item if proof is None else item | {"encrypted_content": proof}

    def begin(self) -> Told:
        return "output_item.added", {"output_index": self._index, "item": self.item}

    def hear(self, delta: ThinkingDelta) -> Iterator[Told]:
        """Take a delta; its text is written by the caller, after these events."""
        self._last = delta
        if delta.text and not self._pieces:
            yield "reasoning_summary_part.added", self._place | {"part": self._part()}
            self.opening = delta_opening("reasoning_summary_text.delta", self._place)
        if delta.text:
            self._pieces.append(delta.text)

    def end(self, _status: str) -> Iterator[Told]:
        if self._pieces:
            part = self._part()
            yield "reasoning_summary_text.done", self._place | {"text": part["text"]}
            yield "reasoning_summary_part.done", self._place | {"part": part}
        self.ended = True
        yield "output_item.done", {"output_index": self._index, "item": self.item}

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._id, "output_index": self._index, "summary_index": 0}

    def _part(self) -> dict[str, Any]:
        return {"type": "summary_text", "text": "".join(self._pieces)}


class OpenCall:
    """A call of a tool; of a custom tool its free text, which is read out of a function's arguments.

    Attributes:
        opening: See `delta_opening`.
    """

    __slots__ = ("_ended", "_first", "_forms", "_id", "_index", "_input", "_pieces", "_told", "opening")

    def __init__(self, index: int, first: ToolCallDelta, forms: Mapping[str, Form]) -> None:
        self._index = index
        self._first = first
        self._forms = forms
        form = forms.get(first.name)
        self._input = InputText() if form is not None and form.custom else None
        self._id = made_id("ctc" if self._input else "fc")
        self._pieces: list[str] = []
        self._told = 0
        self._ended = ""
        name = "custom_tool_call_input.delta" if self._input else "function_call_arguments.delta"
        self.opening = delta_opening(name, self._place)

    @property
    def item(self) -> dict[str, Any]:
        first = self._first
        arguments = "".join(self._pieces)
        if self._input and not self._ended:
            arguments = '{"input":""}'
        call = ToolCall(id=first.id, name=first.name, arguments=arguments, signature=first.signature)
        return call_item(call, self._id, self._forms, status=self._ended or "in_progress")

    def begin(self) -> Told:
        return "output_item.added", {"output_index": self._index, "item": self.item}

    def hear(self, arguments: str) -> str:
        """Return what is to be told of it."""
        self._pieces.append(arguments)
        if self._input is None:
            return arguments
        text = self._input.feed(arguments)
        self._told += len(text)
        return text

    def end(self, status: str) -> Iterator[Told]:
        self._ended = status
        item = self.item
        if self._input:
            if rest := item["input"][self._told :]:
                yield "custom_tool_call_input.delta", self._place | {"delta": rest}
            yield "custom_tool_call_input.done", self._place | {"input": item["input"]}
        else:
            name = {"name": item["name"]}
            yield "function_call_arguments.done", self._place | name | {"arguments": item["arguments"]}
        yield "output_item.done", {"output_index": self._index, "item": item}

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._id, "output_index": self._index}

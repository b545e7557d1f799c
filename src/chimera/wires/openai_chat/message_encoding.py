"""Our messages as OpenAI's. What a message cannot carry is named in `lost`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from chimera.llm import (
    CacheTtl,
    Document,
    Image,
    Message,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from chimera.wires.conversation import paired
from chimera.wires.losses import lost_of_document
from chimera.wires.openai_chat.parts.citations import encode_annotations
from chimera.wires.openai_chat.parts.marks import encode_mark
from chimera.wires.openai_chat.parts.names import fitted_id, fitted_name
from chimera.wires.openai_chat.parts.reasoning import encode_detail, may_return
from chimera.wires.openai_chat.quirks import Quirks

_STAND_IN = {"image": "[an image that cannot be shown here]", "document": "[a document that cannot be shown here]"}
_SEE_BELOW = "[a file, shown in the next message]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEncoder:
    """Encodes the messages of one request.

    Attributes:
        model: The provider's name of the model that is asked.
        lost: Gets the names of what is not carried.
    """

    quirks: Quirks
    model: str
    lost: list[str] = field(default_factory=list[str])

    def encode(self, instructions: Sequence[Text], messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Return the messages, the instructions first and as one message: many chat templates refuse a second one."""
        encoded: list[dict[str, Any]] = []
        if instructions:
            encoded.append({"role": "system", "content": self._instructions(instructions)})
        for message in paired(messages):
            if message.role == "tool":
                encoded.extend(self._tool_messages(message.parts))
            elif message.role == "assistant":
                encoded.append(_named(self._assistant(message), message))
            else:
                content = self._content(message.parts) or ""
                encoded.append(_named({"role": message.role, "content": content}, message))
        return encoded

    def mark(self, told: dict[str, Any], cache: CacheTtl | None) -> dict[str, Any]:
        """Return what is told with its caching mark, if it has one that can be told."""
        if cache is None:
            return told
        if not self.quirks.cache_marks:
            self.lost.append("cache")
            return told
        return told | {"cache_control": encode_mark(cache)}

    def _instructions(self, instructions: Sequence[Text]) -> Any:
        marked = any(text.cache for text in instructions)
        if marked and self.quirks.cache_marks:
            return [self._piece(text) for text in instructions]
        if marked:
            self.lost.append("cache")
        return "\n\n".join(text.text for text in instructions)

    def _content(self, parts: Sequence[Part]) -> Any:
        """Return plain text as a string, which every imitator takes, anything else as a list, nothing as `None`."""
        if len(parts) == 1 and isinstance(parts[0], Text) and not (parts[0].cache and self.quirks.cache_marks):
            if parts[0].cache:
                self.lost.append("cache")
            return parts[0].text
        content: list[dict[str, Any]] = []
        for part in parts:
            if isinstance(part, Text | Image | Document):
                content.append(self._piece(part))
            else:
                self.lost.append(f"messages.{_word(part)}")
        return content or None

    def _piece(self, part: Text | Image | Document) -> dict[str, Any]:
        told: dict[str, Any]
        match part:
            case Text():
                told = {"type": "text", "text": part.text}
            case Image():
                told = {"type": "image_url", "image_url": _image(part)}
            case Document():
                told = {"type": "file", "file": _file(part)}
                self.lost.extend(lost_of_document(part))
        return self.mark(told, part.cache)

    def _assistant(self, message: Message) -> dict[str, Any]:
        quirks, parts = self.quirks, message.parts
        texts = [part for part in parts if isinstance(part, Text) and not (part.refusal and quirks.refusals)]
        refusals = [part.text for part in parts if isinstance(part, Text) and part.refusal and quirks.refusals]
        calls = [self._call(part) for part in parts if isinstance(part, ToolCall)]
        encoded: dict[str, Any] = {"role": "assistant"}
        encoded["content"] = self._said(texts) or (None if calls or refusals else "")
        if refusals:
            encoded["refusal"] = "".join(refusals)
        if any(text.citations for text in texts):
            self._annotate(encoded, texts)
        self.lost.extend(
            [f"messages.{_word(part)}" for part in parts if isinstance(part, Image | Document | ToolResult)]
        )
        self._think(encoded, [part for part in parts if isinstance(part, Thinking)], called=bool(calls))
        if calls:
            encoded["tool_calls"] = calls
        return encoded

    def _said(self, texts: Sequence[Text]) -> Any:
        if any(text.cache for text in texts):
            return self._content(texts)
        return "".join(text.text for text in texts)

    def _annotate(self, encoded: dict[str, Any], texts: Sequence[Text]) -> None:
        if self.quirks.annotations:
            encoded["annotations"] = list(encode_annotations(texts))
        else:
            self.lost.append("messages.citations")

    def _think(self, encoded: dict[str, Any], thoughts: Sequence[Thinking], *, called: bool) -> None:
        quirks = self.quirks
        if quirks.reasoning_details and any(thought.signature or thought.origin for thought in thoughts):
            own = [thought for thought in thoughts if may_return(thought, self.model)]
            if len(own) < len(thoughts):
                self.lost.append("messages.thinking.signature")
            if any(thought.origin for thought in own):
                encoded["reasoning_details"] = [encode_detail(thought, index) for index, thought in enumerate(own)]
        words = "".join(thought.text for thought in thoughts)
        if quirks.thinking is not None and (words or (called and quirks.thinking_required)):
            encoded[quirks.thinking] = words
        elif thoughts and "reasoning_details" not in encoded:
            self.lost.append("messages.thinking")

    def _call(self, call: ToolCall) -> dict[str, Any]:
        function = {"name": fitted_name(call.name), "arguments": call.arguments}
        encoded: dict[str, Any] = {"id": fitted_id(call.id), "type": "function", "function": function}
        if call.signature is not None:
            if self.quirks.signatures:
                encoded["extra_content"] = {"google": {"thought_signature": call.signature}}
            else:
                self.lost.append("messages.tool_call.signature")
        return self.mark(encoded, call.cache)

    def _tool_messages(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        files: list[tuple[str, Image | Document]] = []
        for part in parts:
            if not isinstance(part, ToolResult):
                self.lost.append(f"messages.{_word(part)}")
                continue
            if part.is_error:
                self.lost.append("messages.tool_result.is_error")
            call_id = fitted_id(part.call_id)
            yield self.mark({"role": "tool", "tool_call_id": call_id, "content": self._result(part)}, part.cache)
            files += [(call_id, piece) for piece in part.parts if not isinstance(piece, Text)]
        if files and self.quirks.tool_files == "after":
            yield {"role": "user", "content": list(self._shown(files))}

    def _shown(self, files: Sequence[tuple[str, Image | Document]]) -> Iterator[dict[str, Any]]:
        for call_id, group in groupby(files, key=lambda file: file[0]):
            yield {"type": "text", "text": f"(Files from the result of the tool call {call_id})"}
            yield from (self._piece(file) for _, file in group)

    def _result(self, result: ToolResult) -> Any:
        if self.quirks.tool_files == "inside":
            return self._content(result.parts) or ""
        texts: list[str] = []
        for part in result.parts:
            if isinstance(part, Text):
                texts.append(part.text)
                self.mark({}, part.cache)
            elif self.quirks.tool_files == "after":
                texts.append(_SEE_BELOW)
            else:
                texts.append(_STAND_IN[_word(part)])
                self.lost.append(f"messages.tool_result.{_word(part)}")
        return "\n".join(texts)


def _named(encoded: dict[str, Any], message: Message) -> dict[str, Any]:
    if message.name is not None:
        encoded["name"] = message.name
    return encoded


def _image(image: Image) -> dict[str, Any]:
    address = {"url": image.url}
    if image.detail != "auto":
        address["detail"] = image.detail
    return address


def _file(document: Document) -> dict[str, Any]:
    file = {"file_data": document.url}
    return file if document.name is None else {"filename": document.name} | file


def _word(part: Part) -> str:
    return str(part.__struct_config__.tag)

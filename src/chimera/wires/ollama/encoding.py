"""Our answer as Ollama's lines, for `/api/chat` and `/api/generate`, and errors as Ollama words them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from chimera.kit.errors import AppError
from chimera.llm import (
    Answer,
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Started,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.json_text import arguments_object
from chimera.wires.ollama.decoding import CHAT
from chimera.wires.signatures import signed_id

_WORDS = {
    FinishReason.STOP: "stop",
    FinishReason.TOOL_CALLS: "stop",
    FinishReason.PAUSED: "stop",
    FinishReason.LENGTH: "length",
    # No word of Ollama's, which filters nothing; `stop` would be a lie.
    FinishReason.FILTERED: "content_filter",
}
_json = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every line of an answer repeats, and what its last one measures.

    Attributes:
        model: The model's name as the client asked for it.
        created_at: RFC 3339.
        operation: `chat` or `generate`.
        shows_thinking: Whether reasoning is shown.
        now_ns: A clock that never goes back.
        begun_ns: What it said when the question came.
    """

    model: str
    created_at: str
    operation: str
    shows_thinking: bool
    now_ns: Callable[[], int]
    begun_ns: int


class StreamEncoder:
    """Writes one answer. Lines are stitched from prepared bytes: only what is new is encoded."""

    __slots__ = ("_answer", "_calls", "_content", "_first_ns", "_head", "_thinking", "_usage")

    def __init__(self, head: Head) -> None:
        self._head = head
        start = b'{"model":%b,"created_at":%b,' % (_json(head.model), _json(head.created_at))
        if head.operation == CHAT:
            said, thought, end = b'"message":{"role":"assistant","content":', b'"","thinking":', b'},"done":false}\n'
        else:
            said, thought, end = b'"response":', b'"","thinking":', b',"done":false}\n'
        self._content, self._thinking = (start + said, end), (start + said + thought, end)
        self._answer = Answer()
        self._calls = False
        self._usage: Usage | None = None
        self._first_ns: int | None = None

    def encode(self, event: Event) -> bytes:
        """Return the lines of an event: none for what the wire has no place for, several for the end."""
        match event:
            case TextDelta():
                return self._line(self._content, event.text)
            case ThinkingDelta():
                return self._line(self._thinking, event.text) if self._head.shows_thinking else b""
            case ToolCallDelta():
                self._note_first()
                self._answer.add(event)
                self._calls = True
            case UsageReported():
                self._usage = event.usage
            case Finished():
                return self._finish(event.reason)
            case Started() | Cited() | Embedded() | Forwarded():
                pass  # the first line says who answers; sources have no place, and bytes are passed on by others
            case _:
                assert_never(event)
        return b""

    def cut(self, passed: bytes) -> bytes:
        """Return the line that ends, for its length, an answer whose lines were passed on.

        Args:
            passed: The last of them.
        """
        last: dict[str, Any] = msgspec.json.decode(passed.rstrip().rpartition(b"\n")[2])
        if last.get("done"):
            return b""
        said: dict[str, Any] = (
            {"message": {"role": "assistant", "content": ""}} if "message" in last else {"response": ""}
        )
        return _json({**last, **said, **_end(self._head, FinishReason.LENGTH, self._usage, self._first_ns)}) + b"\n"

    def done(self) -> bytes:
        """Return nothing: the last line is its own end."""
        return b""

    def error(self, body: bytes) -> bytes:
        """Return the line that ends an answer that failed.

        Args:
            body: What `encode_error` gave.
        """
        return body + b"\n"

    def _line(self, frame: tuple[bytes, bytes], text: str) -> bytes:
        if not text:
            return b""
        self._note_first()
        return frame[0] + _json(text) + frame[1]

    def _note_first(self) -> None:
        if self._first_ns is None:
            self._first_ns = self._head.now_ns()

    def _finish(self, reason: FinishReason) -> bytes:
        calls = b""
        if self._calls:
            message: dict[str, Any] = {"role": "assistant", "content": "", "tool_calls": _calls(self._answer)}
            calls = _json(_line(self._head, message) | {"done": False}) + b"\n"
        empty = {"role": "assistant", "content": ""}
        return calls + _json(_line(self._head, empty) | _end(self._head, reason, self._usage, self._first_ns)) + b"\n"


def encode_answer(answer: Answer, head: Head) -> bytes:
    """Return a whole answer as one object."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text}
    thinking = "".join(part.text for part in answer.parts if isinstance(part, Thinking))
    if thinking and head.shows_thinking:
        message["thinking"] = thinking
    if calls := _calls(answer):
        message["tool_calls"] = calls
    end = _end(head, answer.reason or FinishReason.STOP, answer.usage, None)
    return _json(_line(head, message) | end)


def encode_loaded(head: Head, reason: str) -> bytes:
    """Return the answer to a request that asks nothing: the model is there, or was forgotten."""
    return _json(_line(head, {"role": "assistant", "content": ""}) | {"done": True, "done_reason": reason})


def encode_error(error: AppError) -> bytes:
    """Return the error body: Ollama's sentence, and our stable code beside it."""
    return _json({"error": error.message, "code": error.code})


def _line(head: Head, message: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"model": head.model, "created_at": head.created_at}
    if head.operation == CHAT:
        return told | {"message": message}
    thinking = {"thinking": message["thinking"]} if "thinking" in message else {}
    return told | {"response": message["content"], **thinking}


def _end(head: Head, reason: FinishReason, usage: Usage | None, first_ns: int | None) -> dict[str, Any]:
    now = head.now_ns()
    first = now if first_ns is None else first_ns
    told: dict[str, Any] = {
        "done": True,
        "done_reason": _WORDS[reason],
        "total_duration": now - head.begun_ns,
        "load_duration": 0,
        "prompt_eval_duration": first - head.begun_ns,
        "eval_duration": now - first,
    }
    if usage is not None:
        told |= {"prompt_eval_count": usage.input_tokens, "eval_count": usage.output_tokens}
    return told


def _calls(answer: Answer) -> list[dict[str, Any]]:
    calls = [part for part in answer.parts if isinstance(part, ToolCall)]
    return [_call(call, index) for index, call in enumerate(calls)]


def _call(call: ToolCall, index: int) -> dict[str, Any]:
    function = {"index": index, "name": call.name, "arguments": arguments_object(call.arguments)}
    return {"id": signed_id(call.id, call.signature), "function": function}

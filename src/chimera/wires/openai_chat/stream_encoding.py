"""Our events as the server-sent events of a streamed chat completion."""

from typing import Any, assert_never

import msgspec

from chimera.llm import (
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
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.frames.passed import told_in
from chimera.wires.openai_chat.parts.citations import encode_annotation
from chimera.wires.openai_chat.parts.reasoning import encode_detail
from chimera.wires.openai_chat.usage import encode_usage

FINISH_WORDS = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.TOOL_CALLS: "tool_calls",
    FinishReason.FILTERED: "content_filter",
    # The answer so far; a client that gives it back is answered the rest.
    FinishReason.PAUSED: "stop",
}
_json = msgspec.json.Encoder().encode


class StreamEncoder:
    """Writes one answer. Chunks are stitched from prepared bytes: only what is new is encoded.

    Args:
        id: Our id of the answer, the same in every chunk.
        model: The model's name as the client knows it.
        created: Unix time in seconds.
        include_usage: Whether the client asked for usage in the stream.
        choices: How many answers it asked for.
    """

    __slots__ = (
        "_annotations", "_choices", "_delta", "_delta_end", "_details", "_head", "_include_usage", "_length", "_part",
        "_started", "_tail", "_text", "_thought", "_thought_id", "_usage",
    )  # fmt: skip

    def __init__(self, id: str, model: str, *, created: int, include_usage: bool, choices: int = 1) -> None:
        self._head = b'data: {"id":%b,"object":"chat.completion.chunk","created":%d,"model":%b,"choices":' % (
            _json(id),
            created,
            _json(model),
        )
        self._delta = self._head + b'[{"index":0,"delta":{'
        self._text = self._delta + b'"content":'
        # With include_usage every chunk has the key, null until the last.
        self._tail = b',"usage":null}\n\n' if include_usage else b"}\n\n"
        self._delta_end = b'},"logprobs":null,"finish_reason":null}]' + self._tail
        self._include_usage = include_usage
        self._choices = choices
        self._started = False
        self._usage: Usage | None = None
        # Characters of the content so far, and of those before the part that is being written.
        self._length = self._part = 0
        self._annotations: list[Any] = []
        self._details = 0
        self._thought: list[str] = []
        self._thought_id: str | None = None

    def start(self) -> bytes:
        """Return the chunk that carries the role; nothing the second time."""
        if self._started:
            return b""
        self._started = True
        return self._chunk(b'"role":"assistant","content":"","refusal":null')

    def encode(self, event: Event) -> bytes:
        """Return the chunks of an event: none for what the wire has no place for, several for the end."""
        if type(event) is TextDelta:
            return self._say(event)
        chunks = b""
        match event:
            case ThinkingDelta():
                chunks = self._think(event)
            case Cited():
                self._cite(event)
            case ToolCallDelta():
                chunks = self._tool_call(event)
            case UsageReported():
                self._usage = event.usage
            case Started():
                chunks = self.start()
            case Finished():
                chunks = self._finish(event.reason)
            case TextDelta() | Embedded() | Forwarded():
                pass  # text is written above, forwarded bytes by others; vectors have no stream
            case _:
                assert_never(event)
        return chunks

    def cut(self, passed: bytes) -> bytes:
        """Return the chunk that ends, for its length, an answer whose frames were passed on.

        Args:
            passed: The last of them.
        """
        last = told_in(passed)[-1]
        ends: list[dict[str, Any]] = [
            {"index": index, "delta": {}, "logprobs": None, "finish_reason": FINISH_WORDS[FinishReason.LENGTH]}
            for index in range(self._choices)
        ]
        return b"data: %b\n\n" % _json({**last, "choices": ends})

    def done(self) -> bytes:
        """Return the end marker of an answer that is complete."""
        return b"data: [DONE]\n\n"

    def error(self, body: bytes) -> bytes:
        """Return the event that ends an answer that failed; no end marker follows it.

        Args:
            body: What `encode_error` gave.
        """
        return b"data: " + body + b"\n\n"

    def _chunk(self, delta: bytes) -> bytes:
        return self._delta + delta + self._delta_end

    def _say(self, event: TextDelta) -> bytes:
        text = event.text
        if self._thought:
            self._thought = []
        if event.refusal:
            return self._chunk(b'"refusal":' + _json(text))
        if event.starts_part:
            self._part = self._length
        self._length += len(text)
        return self._text + _json(text) + self._delta_end

    def _think(self, event: ThinkingDelta) -> bytes:
        """Return the words as they come, and with their proof, once more, what a client has to give back."""
        if event.id is not None and event.id != self._thought_id:
            self._thought, self._thought_id = [], event.id
        chunks = b""
        if event.text:
            self._thought.append(event.text)
            chunks = self._chunk(b'"reasoning_content":' + _json(event.text))
        if event.signature is not None:
            told = Thinking(
                text="".join(self._thought),
                signature=event.signature,
                origin=event.origin,
                redacted=event.redacted,
                id=self._thought_id,
            )
            chunks += self._chunk(b'"reasoning_details":[%b]' % _json(encode_detail(told, self._details)))
            self._details += 1
            self._thought, self._thought_id = [], None
        return chunks

    def _cite(self, event: Cited) -> None:
        # Told together at the end: the official SDKs cannot join two lists of annotations.
        annotation = encode_annotation(event.citation, part=self._part, end=self._length)
        if annotation is not None:
            self._annotations.append(annotation)

    def _tool_call(self, event: ToolCallDelta) -> bytes:
        # The official SDKs join strings when they gather deltas, so id and name are said once.
        chunks = b""
        if event.id or event.name:
            function = b'"type":"function","function":{"name":%b,"arguments":""}' % _json(event.name)
            extra = _extra_content(event.signature)
            chunks = self._chunk(
                b'"tool_calls":[{"index":%d,"id":%b,%b%b}]' % (event.index, _json(event.id), function, extra)
            )
        elif event.signature:
            chunks = self._chunk(b'"tool_calls":[{"index":%d%b}]' % (event.index, _extra_content(event.signature)))
        if event.arguments:
            chunks += self._chunk(
                b'"tool_calls":[{"index":%d,"function":{"arguments":%b}}]' % (event.index, _json(event.arguments))
            )
        return chunks

    def _finish(self, reason: FinishReason) -> bytes:
        word = _json(FINISH_WORDS[reason])
        end = self._chunk(b'"annotations":' + _json(self._annotations)) if self._annotations else b""
        end += self._head + b'[{"index":0,"delta":{},"logprobs":null,"finish_reason":%b}]' % word + self._tail
        if self._include_usage and self._usage is not None:
            end += self._head + b'[],"usage":%b}\n\n' % _json(encode_usage(self._usage))
        return end


def _extra_content(signature: str | None) -> bytes:
    """Return Gemini's thought signature in the place that Google's own imitation of OpenAI has for it."""
    return b',"extra_content":{"google":{"thought_signature":%b}}' % _json(signature) if signature else b""

"""The stream of `streamGenerateContent?alt=sse`, decoded. It has no end mark but the end of the body.

Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

import re

import msgspec
from msgspec import Struct

from chimera.kit.ids import new_id
from chimera.llm import (
    ContentFilteredError,
    Event,
    Finished,
    FinishReason,
    ProviderAnswerError,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.failure import Failure, StreamFailure, WireError, bounded
from chimera.wires.frames.framed import FramedDecoder
from chimera.wires.frames.sse import SseParser
from chimera.wires.gemini.content import ORIGIN
from chimera.wires.gemini.failures import Refusal, stream_failure

_FILTERED = frozenset({
    "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "MODEL_ARMOR", "ESCALATION",
})  # fmt: skip
_BROKEN = frozenset({
    "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE",
    "MISSING_THOUGHT_SIGNATURE",
})  # fmt: skip
_NOT_PLAIN = re.compile(r"[^a-zA-Z0-9_-]")


class _Call(Struct, gc=False):
    name: str = ""
    id: str | None = None
    args: msgspec.Raw = msgspec.Raw(b"{}")


class _Part(Struct, rename="camel", gc=False):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: _Call | None = None


class _Content(Struct, gc=False):
    parts: list[_Part] | None = None


class _Candidate(Struct, rename="camel", gc=False):
    content: _Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    index: int | None = None


class _UsageMetadata(Struct, rename="camel", gc=False):
    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None


class _PromptFeedback(Struct, rename="camel", gc=False):
    block_reason: str | None = None
    block_reason_message: str | None = None


class _Chunk(Struct, rename="camel", gc=False):
    candidates: list[_Candidate] | None = None
    usage_metadata: _UsageMetadata | None = None
    prompt_feedback: _PromptFeedback | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: Refusal | None = None


_chunks = msgspec.json.Decoder(_Chunk)


def stream_decoder(lost: tuple[str, ...] = (), *, model: str = "") -> FramedDecoder:
    """Return the decoder of one answer.

    Args:
        lost: Request parameters that the encoder lost, to be told in `Started`.
        model: The model that was asked, told where the answer does not name one.
    """
    return FramedDecoder(SseParser(), _Listener(lost, model))


class _Listener:
    def __init__(self, lost: tuple[str, ...], model: str) -> None:
        self._lost = lost
        self._model = model
        self._id = ""
        self._calls = 0
        self._usage: _UsageMetadata | None = None
        self._reason: str | None = None

    def hear(self, frame: bytes, events: list[Event]) -> None:
        chunk = _chunks.decode(frame)
        if chunk.error is not None:
            raise StreamFailure(stream_failure(chunk.error))
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason and not self._reason:
            raise StreamFailure(_blocked(feedback))
        if not self._id:
            self._start(chunk, events)
        if chunk.usage_metadata is not None:
            if self._usage is None:
                # Told early for whoever leaves before the end; the last one, which `end` tells, replaces it.
                events.append(UsageReported(usage=_total(chunk.usage_metadata)))
            self._usage = chunk.usage_metadata
        for candidate in chunk.candidates or ():
            if not candidate.index:
                self._candidate(candidate, events)

    def end(self, events: list[Event]) -> None:
        if self._reason is None:
            raise WireError("cut", "The answer ended before it was complete.")
        if self._usage:
            events.append(UsageReported(usage=_total(self._usage)))
        events.append(Finished(reason=self._finish_reason(self._reason)))

    def _start(self, chunk: _Chunk, events: list[Event]) -> None:
        self._id = chunk.response_id or new_id().hex
        events.append(Started(id=self._id, model=chunk.model_version or self._model, lost=self._lost))

    def _candidate(self, candidate: _Candidate, events: list[Event]) -> None:
        if candidate.content is not None and candidate.content.parts:
            for part in candidate.content.parts:
                self._part(part, events)
        reason = candidate.finish_reason
        if reason and reason != "FINISH_REASON_UNSPECIFIED":
            if reason in _BROKEN:
                message = bounded(candidate.finish_message or f"Gemini stopped: {reason}.")
                raise StreamFailure(Failure(error=ProviderAnswerError, message=message, code=reason))
            self._reason = reason

    def _part(self, part: _Part, events: list[Event]) -> None:
        signature = part.thought_signature or None
        if part.function_call is not None:
            self._call(part.function_call, signature, events)
        elif part.thought:
            events.append(ThinkingDelta(text=part.text or "", signature=signature, origin=ORIGIN))
        else:
            if part.text:
                events.append(TextDelta(text=part.text))
            if signature:
                events.append(ThinkingDelta(signature=signature, origin=ORIGIN))

    def _call(self, call: _Call, signature: str | None, events: list[Event]) -> None:
        index = self._calls
        self._calls += 1
        arguments = bytes(call.args).decode(errors="replace")
        events.append(
            ToolCallDelta(
                index=index,
                # Made from the answer's id, so that it is unique in a conversation and the same at every decoding.
                id=call.id or f"call_{_NOT_PLAIN.sub('_', self._id)}_{index}",
                name=call.name,
                arguments=arguments if arguments.startswith("{") else "{}",
                signature=signature,
            )
        )

    def _finish_reason(self, reason: str) -> FinishReason:
        if reason == "MAX_TOKENS":
            return FinishReason.LENGTH
        if reason in _FILTERED:
            return FinishReason.FILTERED
        return FinishReason.TOOL_CALLS if self._calls else FinishReason.STOP


def _total(usage: _UsageMetadata) -> Usage:
    """Gemini counts thoughts beside the candidates, and cached tokens inside the prompt."""
    thoughts = usage.thoughts_token_count or 0
    return Usage(
        input_tokens=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
        output_tokens=(usage.candidates_token_count or 0) + thoughts,
        cached_tokens=usage.cached_content_token_count or 0,
        reasoning_tokens=thoughts,
    )


def _blocked(feedback: _PromptFeedback) -> Failure:
    message = feedback.block_reason_message or f"Gemini blocked the prompt: {feedback.block_reason}."
    return Failure(error=ContentFilteredError, message=bounded(message), code=feedback.block_reason)

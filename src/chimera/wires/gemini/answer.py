"""The stream of `streamGenerateContent?alt=sse`, decoded. It has no end mark but the end of the body.

Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from chimera.kit.ids import new_id
from chimera.llm import (
    Citation,
    Cited,
    ContentFilteredError,
    Event,
    Finished,
    FinishReason,
    ProviderAnswerError,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.wires.failure import Failure, StreamFailure, WireError, bounded
from chimera.wires.frames.framed import FramedDecoder
from chimera.wires.frames.sse import SseParser
from chimera.wires.gemini.content import ORIGIN
from chimera.wires.gemini.failures import Refusal, stream_failure
from chimera.wires.gemini.grounding import CitationMetadata, GroundingMetadata, decode_citations, decode_grounding
from chimera.wires.gemini.usage import UsageMetadata, decode_usage

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
    grounding_metadata: GroundingMetadata | None = None
    citation_metadata: CitationMetadata | None = None


class _PromptFeedback(Struct, rename="camel", gc=False):
    block_reason: str | None = None
    block_reason_message: str | None = None


class _Chunk(Struct, rename="camel", gc=False):
    candidates: list[_Candidate] | None = None
    usage_metadata: UsageMetadata | None = None
    prompt_feedback: _PromptFeedback | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: Refusal | None = None


# Charged by the prompt however often Google is asked for it: https://ai.google.dev/gemini-api/docs/pricing
_A_PROMPT = ("gemini-1", "gemini-2")
_chunks = msgspec.json.Decoder(_Chunk)


def stream_decoder(lost: tuple[str, ...] = (), *, model: str = "", takes_blocks: bool = False) -> FramedDecoder:
    """Return the decoder of one answer.

    Args:
        lost: Request parameters that the encoder lost, to be told in `Started`.
        model: The model that was asked, told where the answer does not name one.
        takes_blocks: Whether a blocked prompt is an answer, for whoever passes it on, rather than a failure.
    """
    return FramedDecoder(SseParser(), _Listener(lost, model, takes_blocks=takes_blocks))


def decode_answer(body: bytes) -> list[Event]:
    """Return the events of a whole `GenerateContentResponse`, for whoever passes it on.

    Raises:
        WireError: if the body is none, or breaks off.
        StreamFailure: if it reports an error.
    """
    listener, events = _Listener((), "", takes_blocks=True), list[Event]()
    listener.hear(body, events)
    listener.end(events)
    return events


class _Listener:
    def __init__(self, lost: tuple[str, ...], model: str, *, takes_blocks: bool) -> None:
        self._lost = lost
        self._model = model
        self._takes_blocks = takes_blocks
        self._texts: list[str] = []
        self._grounding: GroundingMetadata | None = None
        self._citations: CitationMetadata | None = None
        self._id = ""
        self._calls = 0
        self._usage: UsageMetadata | None = None
        self._reason: str | None = None

    def hear(self, frame: bytes, events: list[Event]) -> None:
        chunk = _chunks.decode(frame)
        if chunk.error is not None:
            raise StreamFailure(stream_failure(chunk.error))
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason and not self._reason:
            if not self._takes_blocks:
                raise StreamFailure(_blocked(feedback))
            self._reason = "PROHIBITED_CONTENT"
        if not self._id:
            self._start(chunk, events)
        if chunk.usage_metadata is not None:
            if self._usage is None:
                # Told early for whoever leaves before the end; the last one, which `end` tells, replaces it.
                events.append(UsageReported(usage=decode_usage(chunk.usage_metadata)))
            self._usage = chunk.usage_metadata
        for candidate in chunk.candidates or ():
            if not candidate.index:
                self._candidate(candidate, events)

    def end(self, events: list[Event]) -> None:
        if self._reason is None:
            raise WireError("cut", "The answer ended before it was complete.")
        events += [Cited(citation=citation) for citation in self._cited()]
        if self._usage:
            events.append(UsageReported(usage=decode_usage(self._usage, searches=self._searches())))
        events.append(Finished(reason=self._finish_reason(self._reason)))

    def _searches(self) -> int:
        queries = len((self._grounding.web_search_queries or ()) if self._grounding else ())
        return min(queries, 1) if self._model.startswith(_A_PROMPT) else queries

    def _cited(self) -> Iterator[Citation]:
        text = "".join(self._texts)
        if self._grounding is not None:
            yield from decode_grounding(self._grounding, text)
        if self._citations is not None:
            yield from decode_citations(self._citations, text)

    def _start(self, chunk: _Chunk, events: list[Event]) -> None:
        self._id = chunk.response_id or new_id().hex
        self._model = self._model or chunk.model_version or ""
        events.append(Started(id=self._id, model=chunk.model_version or self._model, lost=self._lost))

    def _candidate(self, candidate: _Candidate, events: list[Event]) -> None:
        if candidate.content is not None and candidate.content.parts:
            for part in candidate.content.parts:
                self._part(part, events)
        # Each tells of the whole answer so far.
        self._grounding = candidate.grounding_metadata or self._grounding
        self._citations = candidate.citation_metadata or self._citations
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
                self._texts.append(part.text)
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
        if reason == "CONTINUATION":
            return FinishReason.PAUSED
        return FinishReason.TOOL_CALLS if self._calls else FinishReason.STOP


def _blocked(feedback: _PromptFeedback) -> Failure:
    message = feedback.block_reason_message or f"Gemini blocked the prompt: {feedback.block_reason}."
    return Failure(error=ContentFilteredError, message=bounded(message), code=feedback.block_reason)

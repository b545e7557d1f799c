"""A whole answer as a `message`, and an error as Anthropic words it."""

from typing import Any

import msgspec

from chimera.kit.errors import AppError, BodyTooLargeError, InvalidRequestError, Kind
from chimera.llm import Answer, FinishReason, Part, ProviderOverloadError, Text, Thinking, ToolCall, Usage
from chimera.wires.anthropic_messages.citations import citation_object
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.anthropic_messages.usage import encode_usage
from chimera.wires.json_text import arguments_object
from chimera.wires.signatures import sealed, signed_id

_REASONS = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.TOOL_CALLS: "tool_use",
    FinishReason.FILTERED: "refusal",
    FinishReason.PAUSED: "pause_turn",
}
# https://platform.claude.com/docs/en/api/errors
_TYPES = {
    Kind.INVALID: "invalid_request_error",
    Kind.UNAUTHENTICATED: "authentication_error",
    Kind.FORBIDDEN: "permission_error",
    Kind.NOT_FOUND: "not_found_error",
    Kind.CONFLICT: "invalid_request_error",
    Kind.RATE_LIMITED: "rate_limit_error",
    Kind.EXHAUSTED: "billing_error",
    Kind.TIMEOUT: "timeout_error",
    Kind.UNAVAILABLE: "api_error",
    Kind.INTERNAL: "api_error",
}
# Agents look for these words to know that they must shorten their conversation.
_TOO_LONG = "prompt is too long"


def encode_answer(answer: Answer, *, id: str, model: str, input_tokens: int = 0) -> bytes:
    """Return the `message` of a finished answer.

    Args:
        answer: The answer.
        id: Our id of it.
        model: Name of the model that answered.
        input_tokens: What the prompt has by our own reckoning, for providers that do not tell.
    """
    refuses = any(isinstance(part, Text) and part.refusal for part in answer.parts)
    message = {
        **message_head(id, model),
        "content": [_block(part) for part in answer.parts],
        "stop_reason": stop_word(answer.reason, answer.stop_sequence, refuses=refuses),
        "stop_sequence": answer.stop_sequence,
        "usage": encode_usage(answer.usage or Usage(input_tokens=input_tokens)),
    }
    return msgspec.json.encode(message)


def message_head(id: str, model: str) -> dict[str, Any]:
    """Return what a message says of itself before it says anything."""
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
    }


def stop_word(reason: FinishReason | None, stop_sequence: str | None, *, refuses: bool) -> str:
    if reason is FinishReason.STOP and (refuses or stop_sequence is not None):
        return "refusal" if refuses else "stop_sequence"
    return _REASONS[reason or FinishReason.STOP]


def call_head(call_id: str, signature: str | None, name: str) -> dict[str, Any]:
    """Return a `tool_use` block without its input: called by the model itself, not by code of its own."""
    return {"type": "tool_use", "id": signed_id(call_id, signature), "name": name, "caller": {"type": "direct"}}


def thinking_object(thinking: Thinking) -> dict[str, Any]:
    """Return the block; a foreign signature is sealed, so that only its maker gets it back."""
    proof = sealed(thinking.signature, thinking.origin, wire=ORIGIN)
    if thinking.redacted:
        return {"type": "redacted_thinking", "data": proof}
    return {"type": "thinking", "thinking": thinking.text, "signature": proof}


def encode_error(error: AppError, *, request_id: str | None = None) -> bytes:
    """Return the error body; `code` is ours, and stable."""
    told: dict[str, Any] = {"type": _type(error), "message": _message(error), "code": error.code}
    if isinstance(error, InvalidRequestError) and error.field:
        told["param"] = error.field
    return msgspec.json.encode({"type": "error", "error": told, "request_id": request_id})


def is_overload(error: AppError) -> bool:
    """Whether Anthropic would say 529: nothing is wrong, there is only too much to do."""
    if isinstance(error, ProviderOverloadError):
        return error.upstream_status in {None, 503, 529} or error.upstream_code == "overloaded_error"
    return error.code in {"provider_busy", "circuit_open", "all_targets_failed"}


def _type(error: AppError) -> str:
    if isinstance(error, BodyTooLargeError):
        return "request_too_large"
    return "overloaded_error" if is_overload(error) else _TYPES[error.kind]


def _message(error: AppError) -> str:
    if error.code != "context_too_long" or _TOO_LONG in error.message.lower():
        return error.message
    return f"{_TOO_LONG}: {error.message}"


def _block(part: Part) -> dict[str, Any]:
    match part:
        case Text():
            cited = [citation_object(citation) for citation in part.citations]
            return {"type": "text", "text": part.text, "citations": cited or None}
        case Thinking():
            return thinking_object(part)
        case ToolCall():
            called = arguments_object(part.arguments)
            return {**call_head(part.id, part.signature, part.name), "input": called}
        case _:
            raise AssertionError(f"a model answers no {type(part).__name__}")

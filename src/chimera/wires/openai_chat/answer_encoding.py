"""A whole answer as a `chat.completion`, and an error as OpenAI words it."""

from typing import Any

import msgspec

from chimera.kit.errors import AppError, InvalidRequestError, Kind
from chimera.llm import Answer, FinishReason, Text, Thinking, ToolCall
from chimera.wires.openai_chat.parts.citations import encode_annotations
from chimera.wires.openai_chat.parts.reasoning import encode_details
from chimera.wires.openai_chat.stream_encoding import FINISH_WORDS
from chimera.wires.openai_chat.usage import encode_usage

_TYPES = {
    Kind.INVALID: "invalid_request_error",
    Kind.UNAUTHENTICATED: "authentication_error",
    Kind.FORBIDDEN: "permission_error",
    Kind.NOT_FOUND: "not_found_error",
    Kind.CONFLICT: "conflict_error",
    Kind.RATE_LIMITED: "rate_limit_error",
    Kind.EXHAUSTED: "insufficient_quota",
    Kind.TIMEOUT: "timeout_error",
    Kind.UNAVAILABLE: "server_error",
    Kind.INTERNAL: "server_error",
}
# Codes that clients of OpenAI look for; every other code is our own.
_CODES = {"context_too_long": "context_length_exceeded", "content_filtered": "content_filter"}


def encode_answer(answer: Answer, *, id: str, model: str, created: int) -> bytes:
    """Return the `chat.completion` of a finished answer; what the specification requires is there, null or not."""
    parts = answer.parts
    calls = [_call(part) for part in parts if isinstance(part, ToolCall)]
    texts = [part for part in parts if isinstance(part, Text) and not part.refusal]
    text = "".join(part.text for part in texts)
    refusal = "".join(part.text for part in parts if isinstance(part, Text) and part.refusal)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text or (None if calls or refusal else ""),
        "refusal": refusal or None,
        "annotations": list(encode_annotations(texts)),
    }
    thoughts = [part for part in parts if isinstance(part, Thinking)]
    thinking = "".join(thought.text for thought in thoughts)
    if thinking:
        message["reasoning_content"] = thinking
    if details := encode_details(thoughts):
        message["reasoning_details"] = details
    if calls:
        message["tool_calls"] = calls
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": FINISH_WORDS[answer.reason or FinishReason.STOP],
    }
    completion: dict[str, Any] = {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [choice],
    }
    if answer.usage is not None:
        completion["usage"] = encode_usage(answer.usage)
    return msgspec.json.encode(completion)


def encode_error(error: AppError, *, request_id: str | None = None) -> bytes:
    """Return the error body; the status is the surface's business."""
    body: dict[str, Any] = {
        "error": {
            "message": error.message,
            "type": _TYPES[error.kind],
            "param": error.field if isinstance(error, InvalidRequestError) else None,
            "code": _CODES.get(error.code, error.code),
        }
    }
    if request_id is not None:
        body["request_id"] = request_id
    return msgspec.json.encode(body)


def _call(call: ToolCall) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }
    if call.signature is not None:
        told["extra_content"] = {"google": {"thought_signature": call.signature}}
    return told

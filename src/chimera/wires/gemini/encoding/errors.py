"""Errors as Google words them."""

from typing import Any

import msgspec

from chimera.kit.errors import AppError, InvalidRequestError, Kind

# https://ai.google.dev/gemini-api/docs/troubleshooting and google.rpc.Code
_STATUS = {
    Kind.INVALID: "INVALID_ARGUMENT",
    Kind.UNAUTHENTICATED: "UNAUTHENTICATED",
    Kind.FORBIDDEN: "PERMISSION_DENIED",
    Kind.NOT_FOUND: "NOT_FOUND",
    Kind.CONFLICT: "ABORTED",
    Kind.RATE_LIMITED: "RESOURCE_EXHAUSTED",
    Kind.EXHAUSTED: "RESOURCE_EXHAUSTED",
    Kind.TIMEOUT: "DEADLINE_EXCEEDED",
    Kind.UNAVAILABLE: "UNAVAILABLE",
    Kind.INTERNAL: "INTERNAL",
}
_TYPE = "type.googleapis.com/google.rpc."


def encode_blocked(error: AppError) -> bytes:
    """Return the answer to a prompt that a filter stopped: no candidates, and why."""
    feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": error.message}
    return msgspec.json.encode({"promptFeedback": feedback})


def encode_error(error: AppError, *, status: int, request_id: str = "") -> bytes:
    """Return the error body. `details` bear our stable code, the field, and how long to wait."""
    info = {
        "@type": f"{_TYPE}ErrorInfo",
        "reason": error.code.upper(),
        "domain": "chimera",
        "metadata": {"requestId": request_id} if request_id else {},
    }
    details: list[dict[str, Any]] = [info]
    if isinstance(error, InvalidRequestError) and error.field:
        violation = {"field": error.field, "description": error.message}
        details.append({"@type": f"{_TYPE}BadRequest", "fieldViolations": [violation]})
    if error.retry_after_s is not None:
        details.append({"@type": f"{_TYPE}RetryInfo", "retryDelay": f"{error.retry_after_s:.3f}s"})
    told = {"code": status, "message": error.message, "status": _STATUS[error.kind], "details": details}
    return msgspec.json.encode({"error": told})

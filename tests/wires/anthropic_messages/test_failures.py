"""Anthropic's refusals in our taxonomy, and its list of models."""

import msgspec
import pytest

from chimera.llm import (
    ContextTooLongError,
    ProviderAuthenticationError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
    ProviderTimeoutError,
)
from chimera.wires.anthropic_messages import decode_failure, decode_model_page
from chimera.wires.failure import WireError


def refusal(kind: str, message: str = "No.", **more: object) -> bytes:
    return msgspec.json.encode(
        {"type": "error", "error": {"type": kind, "message": message, **more}, "request_id": "req_1"}
    )


@pytest.mark.parametrize(
    ("status", "kind", "message", "meant"),
    [
        (400, "invalid_request_error", "messages.0: wrong", ProviderRequestError),
        (400, "invalid_request_error", "prompt is too long: 200123 tokens > 200000 maximum", ContextTooLongError),
        (
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 1 + 2",
            ContextTooLongError,
        ),
        (400, "invalid_request_error", "Your credit balance is too low to access the API.", ProviderQuotaError),
        (400, "invalid_request_error", "You have reached your specified API usage limits.", ProviderQuotaError),
        (401, "authentication_error", "invalid x-api-key", ProviderAuthenticationError),
        (402, "billing_error", "Pay first", ProviderQuotaError),
        (403, "permission_error", "Not yours", ProviderPermissionError),
        (404, "not_found_error", "model: claude-9", ProviderModelNotFoundError),
        (404, "invalid_request_error", "No such path", ProviderModelNotFoundError),
        (413, "request_too_large", "Too many bytes", ContextTooLongError),
        (429, "rate_limit_error", "This request would exceed your rate limit", ProviderRateLimitError),
        (500, "api_error", "Internal server error", ProviderOverloadError),
        (504, "timeout_error", "Too slow", ProviderTimeoutError),
        (529, "overloaded_error", "Overloaded", ProviderOverloadError),
        (529, "something_new", "Hm", ProviderOverloadError),
    ],
)
def test_a_refusal_is_understood(status: int, kind: str, message: str, meant: type) -> None:
    failure = decode_failure(status, {}, refusal(kind, message))
    assert (failure.error, failure.message, failure.code) == (meant, message, kind)


def test_an_error_code_in_the_details_is_more_precise() -> None:
    body = refusal("rate_limit_error", "No.", details={"error_code": "enforced_spend_limit_reached"})
    failure = decode_failure(429, {}, body)
    assert (failure.error, failure.code) == (ProviderQuotaError, "enforced_spend_limit_reached")


def test_the_wait_is_read_from_the_headers() -> None:
    assert decode_failure(429, {"retry-after": "12"}, refusal("rate_limit_error")).retry_after_s == 12
    limits = {
        "date": "Fri, 20 Nov 2026 10:00:00 GMT",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-20T10:00:30Z",
    }
    assert decode_failure(429, limits, refusal("rate_limit_error")).retry_after_s == 30


def test_a_list_of_models_is_read_with_capabilities_limits_and_the_next_page() -> None:
    supported, not_supported = {"supported": True}, {"supported": False}
    full = {
        "id": "claude-opus-5-5", "type": "model", "display_name": "Opus", "created_at": "2026-09-01T00:00:00Z",
        "lifecycle": "active", "max_input_tokens": 1_000_000, "max_tokens": 128_000,
        "capabilities": {"image_input": not_supported, "structured_outputs": supported, "thinking": supported},
    }  # fmt: skip
    retired = {"id": "claude-2", "lifecycle": "retired"}
    bare = {"id": "imitation", "type": "model"}
    body = msgspec.json.encode({"data": [full, retired, bare], "has_more": True, "first_id": "a", "last_id": "b"})
    (opus, imitation), following = decode_model_page(body)
    assert (opus.name, opus.context_tokens, opus.output_tokens) == ("claude-opus-5-5", 1_000_000, 128_000)
    assert (opus.capabilities.images, opus.capabilities.reasoning) == (False, True)
    assert (imitation.name, imitation.capabilities.chat, imitation.context_tokens) == ("imitation", True, None)
    assert following == "b"
    assert decode_model_page(msgspec.json.encode({"data": [], "has_more": False, "last_id": "b"})) == ([], None)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data": 1}', b"null"])
def test_what_is_no_list_of_models_is_a_wire_error(body: bytes) -> None:
    with pytest.raises(WireError):
        decode_model_page(body)

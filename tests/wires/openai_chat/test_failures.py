"""Refusals in every shape that imitators of OpenAI have for them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.llm import (
    ContentFilteredError,
    ContextTooLongError,
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
    ProviderTimeoutError,
)
from chimera.wires.openai_chat import decode_failure


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, ContextTooLongError),
        (400, {"error": "This model's maximum context length is 4096 tokens."}, ContextTooLongError),
        (413, {"message": "the request exceeds the available context size"}, ContextTooLongError),
        (400, {"error": {"message": "x", "code": "content_filter"}}, ContentFilteredError),
        (
            400,
            {"error": {"message": "x", "code": "bad", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
            ContentFilteredError,
        ),
        (400, {"error": {"message": "zzz is not a valid model ID", "code": 400}}, ProviderModelNotFoundError),
        (400, {"error": {"message": "Model Not Exist"}}, ProviderModelNotFoundError),
        (400, {"error": {"message": "Unknown parameter: 'x'"}}, ProviderRequestError),
        (
            400,
            {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}},
            ProviderAuthenticationError,
        ),
        (401, {"error": "Unauthorized"}, ProviderAuthenticationError),
        (402, {"error": {"message": "Insufficient Balance"}}, ProviderQuotaError),
        (403, {"detail": "no"}, ProviderPermissionError),
        (404, {"error": {"message": "x"}}, ProviderModelNotFoundError),
        (408, None, ProviderTimeoutError),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, ProviderRequestError),
        (429, {"error": {"message": "x", "code": "insufficient_quota"}}, ProviderQuotaError),
        (
            429,
            {"error": {"message": "Your context length is fine", "code": "rate_limit_exceeded"}},
            ProviderRateLimitError,
        ),
        (500, {"error": {"message": "x"}}, ProviderOverloadError),
        (504, None, ProviderTimeoutError),
        (529, None, ProviderOverloadError),
        (302, None, ProviderConnectionError),
        (200, {"hello": 1}, ProviderAnswerError),
    ],
)
def test_a_refusal_has_its_meaning(status: int, body: object, expected: type[ProviderError]) -> None:
    failure = decode_failure(status, {}, b"<html>" if body is None else msgspec.json.encode(body))
    assert failure.error is expected
    assert failure.message


def test_the_providers_own_words_are_kept_within_bounds() -> None:
    body = msgspec.json.encode({"error": {"message": "So \n long " * 1000, "code": "c", "type": "t"}})
    failure = decode_failure(500, {}, body)
    assert failure.message.startswith("So long So long")
    assert len(failure.message) == 500
    assert failure.code == "c"


def test_waiting_is_told_where_it_helps() -> None:
    headers = {"retry-after-ms": "250"}
    assert decode_failure(429, headers, b"").retry_after_s == 0.25
    assert decode_failure(429, headers, b'{"error":{"code":"insufficient_quota"}}').retry_after_s is None


def test_a_failure_becomes_the_error_of_its_provider() -> None:
    error = decode_failure(401, {}, b'{"error":{"message":"x","code":"invalid_api_key"}}').as_error(
        provider="openai", status=401
    )
    assert (error.provider, error.upstream_status, error.upstream_code) == ("openai", 401, "invalid_api_key")


@given(st.integers(200, 599), st.binary(max_size=60) | st.just(b'{"error":' * 5000))
def test_no_body_breaks_the_reader(status: int, body: bytes) -> None:
    assert decode_failure(status, {}, body).message

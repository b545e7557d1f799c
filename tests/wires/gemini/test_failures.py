"""Google's refusals in our taxonomy, its list of models and its embeddings."""

from collections.abc import Mapping

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
from chimera.wires.failure import WireError
from chimera.wires.gemini import decode_embeddings, decode_failure, decode_model_page


def refusal(status: str, message: str = "No.", *details: Mapping[str, object], code: int = 400) -> bytes:
    return msgspec.json.encode({"error": {"code": code, "message": message, "status": status, "details": details}})


def retry(delay: str) -> dict[str, object]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def quota(name: str) -> dict[str, object]:
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": name}]}


@pytest.mark.parametrize(
    ("code", "status", "message", "meant"),
    [
        (400, "INVALID_ARGUMENT", "contents is not specified", ProviderRequestError),
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", ProviderAuthenticationError),
        (
            400,
            "INVALID_ARGUMENT",
            "The input token count (2) exceeds the maximum number of tokens",
            ContextTooLongError,
        ),
        (400, "FAILED_PRECONDITION", "User location is not supported for the API use.", ProviderPermissionError),
        (401, "UNAUTHENTICATED", "Who are you?", ProviderAuthenticationError),
        (403, "PERMISSION_DENIED", "Not yours", ProviderPermissionError),
        (403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers", ProviderAuthenticationError),
        (404, "NOT_FOUND", "models/gemini-9 is not found", ProviderModelNotFoundError),
        (429, "RESOURCE_EXHAUSTED", "Please check your plan and billing details.", ProviderRateLimitError),
        (429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: x, limit: 0, model: y", ProviderQuotaError),
        (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", ProviderQuotaError),
        (500, "INTERNAL", "An internal error has occurred.", ProviderOverloadError),
        (503, "UNAVAILABLE", "The model is overloaded.", ProviderOverloadError),
        (504, "DEADLINE_EXCEEDED", "Deadline expired", ProviderTimeoutError),
    ],
)
def test_a_refusal_is_understood(code: int, status: str, message: str, meant: type) -> None:
    failure = decode_failure(code, {}, refusal(status, message, code=code))
    assert (failure.error, failure.message, failure.code) == (meant, message, status)


def test_a_wrong_key_is_told_by_its_reason() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "metadata": {"a": "b"}}
    failure = decode_failure(400, {}, refusal("INVALID_ARGUMENT", "Bad", info))
    assert (failure.error, failure.code) == (ProviderAuthenticationError, "API_KEY_INVALID")


def test_the_wait_is_read_from_the_body_and_a_day_s_quota_is_no_rate() -> None:
    minute, day = quota("GenerateRequestsPerMinutePerProject"), quota("GenerateRequestsPerDayPerProject-FreeTier")
    soon = decode_failure(429, {}, refusal("RESOURCE_EXHAUSTED", "Slow", minute, retry("34.074824224s")))
    assert (soon.error, soon.retry_after_s) == (ProviderRateLimitError, 34.074824224)
    assert decode_failure(429, {}, refusal("RESOURCE_EXHAUSTED", "Slow", day, retry("1s"))).error is ProviderQuotaError


def test_a_refusal_inside_a_list_is_read_too() -> None:
    body = b"[" + refusal("UNAVAILABLE", "Busy", code=503) + b"]"
    assert decode_failure(503, {}, body).message == "Busy"


def listed(name: str, *methods: str, **more: object) -> dict[str, object]:
    return {"name": f"models/{name}", "supportedGenerationMethods": list(methods), "inputTokenLimit": 100, **more}


def test_a_list_of_models_holds_those_that_chat_or_embed() -> None:
    models = [
        listed("gemini-3.5-flash", "generateContent", "countTokens", outputTokenLimit=20, thinking=True),
        listed("gemini-embedding-001", "embedContent", "batchEmbedContents"),
        listed("gemini-3-flash-image", "generateContent"),
        listed("gemini-2.5-flash-preview-tts", "generateContent"),
        listed("imagen-4", "predict"),
        listed("gemma-3-27b-it", "generateContent"),
    ]
    body = msgspec.json.encode({"models": models, "nextPageToken": "two"})
    (flash, embedder, gemma), following = decode_model_page(body)
    assert (flash.name, flash.context_tokens, flash.output_tokens) == ("gemini-3.5-flash", 120, 20)
    assert flash.capabilities.reasoning
    assert (embedder.capabilities.chat, embedder.capabilities.embeddings) == (False, True)
    assert (gemma.capabilities.chat, gemma.capabilities.tools) == (True, False)
    assert following == "two"
    assert decode_model_page(b"{}") == ([], None)


def test_embeddings_come_in_the_order_asked() -> None:
    body = msgspec.json.encode({"embeddings": [{"values": [1, 0.5]}, {"values": [0, 1]}]})
    assert decode_embeddings(body, model="m").vectors == ((1.0, 0.5), (0.0, 1.0))


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"models": 1, "embeddings": 1}', b"null"])
def test_what_is_no_list_is_a_wire_error(body: bytes) -> None:
    with pytest.raises(WireError):
        decode_model_page(body)
    with pytest.raises(WireError):
        decode_embeddings(body, model="m")

"""Ollama's refusals in our taxonomy, its list of models and its embeddings."""

import msgspec
import pytest

from chimera.llm import (
    ContextTooLongError,
    ModelCard,
    ProviderAuthenticationError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
)
from chimera.wires.failure import WireError
from chimera.wires.ollama import decode_details, decode_embeddings, decode_failure, decode_models


@pytest.mark.parametrize(
    ("status", "message", "meant"),
    [
        (400, "registry.ollama.ai/library/x does not support tools", ProviderRequestError),
        (400, "the input length exceeds the context length", ContextTooLongError),
        (401, "unauthorized", ProviderAuthenticationError),
        (402, "upgrade to continue", ProviderQuotaError),
        (404, "model 'x' not found", ProviderModelNotFoundError),
        (429, "too many requests", ProviderRateLimitError),
        (429, "you've reached your hourly usage limit", ProviderQuotaError),
        (500, "model runner has unexpectedly stopped", ProviderOverloadError),
        (500, "model 'x' not found, try pulling it first", ProviderModelNotFoundError),
        (500, "x does not support generate", ProviderRequestError),
        (503, "server busy, please try again.  maximum pending requests exceeded", ProviderOverloadError),
    ],
)
def test_a_refusal_is_understood(status: int, message: str, meant: type) -> None:
    failure = decode_failure(status, {}, msgspec.json.encode({"error": message}))
    assert (failure.error, failure.message) == (meant, " ".join(message.split()))


def test_the_wait_is_read_from_the_headers() -> None:
    assert decode_failure(503, {"retry-after": "3"}, b'{"error":"busy"}').retry_after_s == 3


def test_models_are_listed_by_name() -> None:
    body = msgspec.json.encode({"models": [{"name": "qwen3:8b", "model": "qwen3:8b"}, {"name": "bge-embed"}, {}]})
    chat, embedder = decode_models(body)
    assert (chat.name, chat.capabilities.chat) == ("qwen3:8b", True)
    assert (embedder.capabilities.chat, embedder.capabilities.embeddings) == (False, True)
    assert decode_models(b'{"models": null}') == []


def described(capabilities: list[str], parameters: str = "") -> bytes:
    info = {"general.architecture": "qwen3", "qwen3.context_length": 40_960, "qwen3.embedding_length": 8}
    return msgspec.json.encode({"capabilities": capabilities, "model_info": info, "parameters": parameters})


def test_a_description_tells_capabilities_and_the_context_length() -> None:
    card = decode_details(ModelCard(name="qwen3"), described(["completion", "vision", "thinking"]))
    assert (card.context_tokens, card.capabilities.images, card.capabilities.tools) == (40_960, True, False)
    assert card.capabilities.reasoning
    embedder = decode_details(ModelCard(name="bge"), described(["embedding"]))
    assert (embedder.capabilities.chat, embedder.capabilities.embeddings) == (False, True)


def test_a_context_length_set_in_the_modelfile_wins() -> None:
    body = described(["completion"], 'stop "<|end|>"\nnum_ctx                        8192')
    assert decode_details(ModelCard(name="qwen3"), body).context_tokens == 8192


def test_a_description_from_an_old_server_leaves_the_card_as_it_is() -> None:
    assert decode_details(ModelCard(name="qwen3"), b"{}") == ModelCard(name="qwen3")


def test_embeddings_come_in_the_order_asked() -> None:
    body = msgspec.json.encode({"model": "bge", "embeddings": [[1, 0.5], [0, 1]], "prompt_eval_count": 4})
    answer = decode_embeddings(body, model="asked")
    assert (answer.vectors, answer.input_tokens, answer.model) == (((1.0, 0.5), (0.0, 1.0)), 4, "bge")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"models": 1, "embeddings": 1, "capabilities": 1}', b"null"])
def test_what_is_no_list_is_a_wire_error(body: bytes) -> None:
    for decode in (decode_models, lambda text: decode_details(ModelCard(name="a"), text)):
        with pytest.raises(WireError):
            decode(body)
    with pytest.raises(WireError):
        decode_embeddings(body, model="m")

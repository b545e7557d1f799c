"""What OpenAI-like providers answer besides chat: embeddings, and each provider's own list of models."""

import msgspec

from tests.fakes.frames import Json
from tests.fakes.samples import embedding, embedding_base64
from tests.fakes.wires.wire import CREATED, Ask

_CONTEXT = 131_072


class _EmbeddingsBody(msgspec.Struct, frozen=True, kw_only=True):
    input: str | list[str | list[int]]
    model: str = ""
    encoding_format: str = "float"
    dimensions: int | None = None


def embeddings(ask: Ask) -> Json:
    """Answer `POST …/embeddings`, as floats or base64."""
    body = msgspec.json.decode(ask.body, type=_EmbeddingsBody)
    given = [body.input] if isinstance(body.input, str) else body.input
    texts = [text if isinstance(text, str) else " ".join(map(str, text)) for text in given]
    embed = embedding_base64 if body.encoding_format == "base64" else embedding
    tokens = sum(len(text.split()) for text in texts)
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": embed(text, body.dimensions or 8)}
            for index, text in enumerate(texts)
        ],
        "model": ask.params.get("deployment") or body.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def openai_models(ask: Ask) -> Json:
    """Answer `GET …/models` as OpenAI does."""
    return _listed([{"id": name, "object": "model", "created": CREATED, "owned_by": "fake"} for name in ask.models])


def openai_model(ask: Ask) -> Json:
    """Answer `GET …/models/{model}`."""
    return {"id": ask.params["model"], "object": "model", "created": CREATED, "owned_by": "fake"}


def azure_models(ask: Ask) -> Json:
    """Answer `GET /openai/models` as Azure does, with capabilities."""
    return _listed([_azure_model(name) for name in ask.models])


def openrouter_models(ask: Ask) -> Json:
    """Answer `GET …/models` as OpenRouter does, with prices."""
    return {"data": [_openrouter_model(name) for name in ask.models]}


def openrouter_key(_: Ask) -> Json:
    """Answer `GET /api/v1/key`: what the caller's key may spend."""
    return {
        "data": {"label": "sk-or-v1-fake", "limit": 10.0, "limit_remaining": 9.5, "usage": 0.5, "is_free_tier": False}
    }


def lmstudio_models(ask: Ask) -> Json:
    """Answer `GET /api/v0/models`, LM Studio's own list."""
    return _listed([_lmstudio_model(name) for name in ask.models])


def vllm_models(ask: Ask) -> Json:
    """Answer `GET …/models` as vLLM does, with the context length."""
    models = [
        {"id": name, "object": "model", "created": CREATED, "owned_by": "vllm", "root": name, "max_model_len": _CONTEXT}
        for name in ask.models
    ]
    return _listed(models)


def _listed(models: list[Json]) -> Json:
    return {"object": "list", "data": models}


def _azure_model(name: str) -> Json:
    embeds = "embedding" in name
    capabilities = {"chat_completion": not embeds, "embeddings": embeds, "inference": True, "fine_tune": False}
    return {
        "id": name,
        "object": "model",
        "status": "succeeded",
        "lifecycle_status": "generally-available",
        "created_at": CREATED,
        "updated_at": CREATED,
        "capabilities": capabilities,
    }


def _openrouter_model(name: str) -> Json:
    return {
        "id": name,
        "canonical_slug": name,
        "name": name.title(),
        "created": CREATED,
        "description": "Not a real model.",
        "context_length": _CONTEXT,
        "architecture": {
            "modality": "text+image->text",
            "input_modalities": ["text", "image"],
            "output_modalities": ["text"],
        },
        "pricing": {"prompt": "0.0000015", "completion": "0.000006", "request": "0", "image": "0"},
        "top_provider": {"context_length": _CONTEXT, "max_completion_tokens": 16_384, "is_moderated": False},
        "supported_parameters": ["max_tokens", "temperature", "tools", "tool_choice", "response_format", "reasoning"],
    }


def _lmstudio_model(name: str) -> Json:
    return {
        "id": name,
        "object": "model",
        "type": "embeddings" if "embed" in name else "vlm" if "vl" in name else "llm",
        "publisher": "fake-community",
        "arch": "qwen2",
        "compatibility_type": "gguf",
        "quantization": "Q4_K_M",
        "state": "not-loaded",
        "max_context_length": 32_768,
    }

"""Models as Google lists them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chimera.llm import ModelCard

_CHAT = ("generateContent", "streamGenerateContent", "countTokens")
_EMBEDDING = ("embedContent", "batchEmbedContents")


def encode_model(id: str, card: ModelCard) -> bytes:
    """Return one model; `id` is its name on every surface."""
    return msgspec.json.encode(_model(id, card))


def encode_models(listed: Sequence[tuple[str, ModelCard]], *, next_page: str | None = None) -> bytes:
    """Return a page of the list; `next_page` is the token of the next one."""
    told: dict[str, Any] = {"models": [_model(name, card) for name, card in listed]}
    return msgspec.json.encode(told | ({"nextPageToken": next_page} if next_page else {}))


def _model(id: str, card: ModelCard) -> dict[str, Any]:
    can = card.capabilities
    told: dict[str, Any] = {
        "name": f"models/{id}",
        "baseModelId": id,
        "version": "",
        "displayName": card.name,
        "description": f"{card.name} of {id.partition('/')[0]}",
        "supportedGenerationMethods": [*(_CHAT if can.chat else ()), *(_EMBEDDING if can.embeddings else ())],
        "thinking": can.reasoning,
    }
    if card.context_tokens is not None:
        told["inputTokenLimit"] = card.context_tokens
    if card.output_tokens is not None:
        told["outputTokenLimit"] = card.output_tokens
    return told

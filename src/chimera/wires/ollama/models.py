"""What is installed (`GET /api/tags`), and what each of it can do (`POST /api/show`)."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from chimera.llm import Capabilities, ModelCard
from chimera.wires.reading import read

_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,12})\b", re.MULTILINE)


class _Model(Struct):
    name: str = ""
    model: str = ""


class _Tags(Struct):
    models: list[_Model] | None = None


class _Details(Struct):
    capabilities: list[str] | None = None
    model_info: dict[str, Any] | None = None
    parameters: str | None = None


_tags = msgspec.json.Decoder(_Tags)
_details = msgspec.json.Decoder(_Details)


def decode_models(body: bytes) -> list[ModelCard]:
    """Return a card for each installed model, with no more than its name told.

    Raises:
        WireError: if the body is no list of models.
    """
    models = read(_tags, body, what="The list of models").models or []
    return [_plain(model.model or model.name) for model in models if model.model or model.name]


def decode_details(card: ModelCard, body: bytes) -> ModelCard:
    """Return the card with what `/api/show` tells; the context length is the trained one, or the Modelfile's.

    Raises:
        WireError: if the body describes no model.
    """
    details = read(_details, body, what=f"The description of {card.name}")
    can = details.capabilities
    capabilities = card.capabilities
    if can is not None:
        chat = "completion" in can
        capabilities = Capabilities(
            chat=chat,
            tools="tools" in can,
            images="vision" in can,
            structured_output=chat,
            reasoning="thinking" in can,
            embeddings="embedding" in can,
        )
    return ModelCard(name=card.name, capabilities=capabilities, context_tokens=_context_tokens(details))


def _plain(name: str) -> ModelCard:
    embeds = "embed" in name
    capabilities = Capabilities(chat=not embeds, tools=not embeds, structured_output=not embeds, embeddings=embeds)
    return ModelCard(name=name, capabilities=capabilities)


def _context_tokens(details: _Details) -> int | None:
    configured = _NUM_CTX.search(details.parameters or "")
    if configured:
        return int(configured[1])
    told = details.model_info or {}
    trained = told.get(f"{told.get('general.architecture')}.context_length")
    return trained if isinstance(trained, int) else None

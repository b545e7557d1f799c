"""The list of `GET /v1/models`, both ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from chimera.llm import Capabilities, ModelCard
from chimera.wires.reading import read


class _Support(Struct, frozen=True):
    supported: bool = False


class _Capabilities(Struct):
    image_input: _Support = _Support(supported=True)
    structured_outputs: _Support = _Support(supported=True)
    thinking: _Support = _Support(supported=True)


class _Model(Struct):
    id: str
    capabilities: _Capabilities | None = None
    max_input_tokens: int | None = None
    max_tokens: int | None = None
    lifecycle: str = "active"


class _Page(Struct):
    data: list[_Model]
    has_more: bool | None = None
    last_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """Which page of the list a client wants: at most `limit` models after one, or before another."""

    limit: int = 20
    after_id: str | None = None
    before_id: str | None = None


_pages = msgspec.json.Decoder(_Page)


def decode_model_page(body: bytes) -> tuple[list[ModelCard], str | None]:
    """Return the models of one page that can still be asked, and the `after_id` of the next page if there is one.

    Raises:
        WireError: if the body is no list of models.
    """
    page = read(_pages, body, what="The list of models")
    cards = [_card(model) for model in page.data if model.lifecycle != "retired"]
    return cards, page.last_id if page.has_more else None


def _card(model: _Model) -> ModelCard:
    told = model.capabilities or _Capabilities()
    capabilities = Capabilities(
        images=told.image_input.supported,
        structured_output=told.structured_outputs.supported,
        reasoning=told.thinking.supported,
    )
    return ModelCard(
        name=model.id,
        capabilities=capabilities,
        context_tokens=model.max_input_tokens,
        output_tokens=model.max_tokens,
        owner="anthropic",
    )


def encode_models(models: Sequence[tuple[str, ModelCard]], page: PageAsked) -> bytes:
    """Return a page of the models, by our ids of them; of an id that is not there the list begins anew."""
    ids = [name for name, _ in models]
    if page.before_id in ids:
        end = ids.index(page.before_id)
        start = max(0, end - page.limit)
        has_more = start > 0
    else:
        start = ids.index(page.after_id) + 1 if page.after_id in ids else 0
        end = start + page.limit
        has_more = end < len(ids)
    listed = [_listed(name, card) for name, card in models[start:end]]
    first, last = (listed[0]["id"], listed[-1]["id"]) if listed else (None, None)
    return msgspec.json.encode({"data": listed, "has_more": has_more, "first_id": first, "last_id": last})


def encode_model(id: str, card: ModelCard) -> bytes:
    return msgspec.json.encode(_listed(id, card))


def _listed(id: str, card: ModelCard) -> dict[str, Any]:
    return {
        "type": "model",
        "id": id,
        "display_name": card.name,
        # "May be set to an epoch value if the release date is unknown."
        "created_at": "1970-01-01T00:00:00Z",
        "max_input_tokens": card.context_tokens,
        "max_tokens": card.output_tokens,
        "capabilities": None,
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": None,
    }

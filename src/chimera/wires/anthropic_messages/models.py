"""The list of `GET /v1/models`."""

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

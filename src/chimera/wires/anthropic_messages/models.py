"""The list of `GET /v1/models`."""

import msgspec
from msgspec import Struct

from chimera.llm import Capabilities, ModelCard
from chimera.wires.failure import WireError


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


def decode_models(body: bytes) -> list[ModelCard]:
    """Return the models of one page that can still be asked.

    Raises:
        WireError: if the body is no list of models.
    """
    return [_card(model) for model in _page(body).data if model.lifecycle != "retired"]


def next_page(body: bytes) -> str | None:
    """Return the `after_id` of the next page, or `None` after the last one."""
    page = _page(body)
    return page.last_id if page.has_more else None


def _page(body: bytes) -> _Page:
    try:
        return _pages.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise WireError("malformed", "The list of models cannot be read.") from error


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

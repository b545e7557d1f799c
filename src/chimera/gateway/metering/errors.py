"""Why a call is not made for the sake of money."""

from chimera.kit.errors import Kind
from chimera.llm import ProviderError


class ModelUnpricedError(ProviderError):
    """Nobody knows what the model costs, and the organisation wants to know; another model may have a price."""

    code = "model_unpriced"
    kind = Kind.EXHAUSTED

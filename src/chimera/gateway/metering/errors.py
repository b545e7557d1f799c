"""Why a call is not made, or not made to its end, for the sake of money."""

from chimera.gateway.errors import GatewayError
from chimera.kit.errors import Kind
from chimera.llm import ProviderError


class BudgetCutError(GatewayError):
    """An answer that is forwarded reached what was held for it, and was ended."""

    code = "budget_cut"
    kind = Kind.EXHAUSTED


class ModelUnpricedError(ProviderError):
    """Nobody knows what the model costs, and the organisation wants to know; another model may have a price."""

    code = "model_unpriced"
    kind = Kind.EXHAUSTED

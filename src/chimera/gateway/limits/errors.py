"""Why a call must wait.

GatewayError
├── RateLimitExceededError   rate_limit_exceeded   a limit of the organisation, the user or the key is used up
└── LimitsUnavailableError   limits_unavailable    nobody can say, and the server is set to refuse then

ProviderError (so that `Fallback` goes on to the next target)
└── ModelLimitError          rate_limit_exceeded   the organisation's own limit at one model is used up
"""

from chimera.gateway.errors import GatewayError
from chimera.gateway.telling import Allowance
from chimera.kit.errors import Kind
from chimera.llm import ProviderError


class RateLimitExceededError(GatewayError):
    """A limit of the caller's is used up.

    Attributes:
        limit: Names it: `organisation requests minute`.
        allowances: What is left of the caller's limits, where no call bears it.
    """

    code = "rate_limit_exceeded"
    kind = Kind.RATE_LIMITED

    def __init__(
        self, message: str, *, retry_after_s: float, limit: str, allowances: tuple[Allowance, ...] = ()
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.limit = limit
        self.allowances = allowances


class LimitsUnavailableError(GatewayError):
    code = "limits_unavailable"
    kind = Kind.UNAVAILABLE


class ModelLimitError(ProviderError):
    code = "rate_limit_exceeded"
    kind = Kind.RATE_LIMITED

    def __init__(self, message: str, *, provider: str, retry_after_s: float, limit: str) -> None:
        super().__init__(message, provider=provider, retry_after_s=retry_after_s)
        self.limit = limit


LIMITED = (RateLimitExceededError, ModelLimitError)
"""Refusals that pass by themselves, each with its `limit`."""

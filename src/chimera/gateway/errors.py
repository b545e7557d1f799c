"""Why the gateway itself says no.

GatewayError
├── DeadlineExceededError   deadline_exceeded    the request's time is used up
├── UnknownModelError       model_not_found      nobody serves this model
├── ModelNotAllowedError    model_not_allowed    the caller may ask other models only
├── TenantBusyError         too_many_requests    the tenant has too many calls in flight
├── CallInterruptedError    call_interrupted     the server stops
├── DegradedUnavailableError degraded_unavailable  less is offered at the moment, and this is not part of it
└── AllTargetsFailedError   all_targets_failed   the model and every fallback failed

ProviderError (so that `Fallback` goes on to the next target)
├── CircuitOpenError        circuit_open         the target is resting after failures
└── ProviderBusyError       provider_busy        too many calls to this provider in flight
"""

from collections.abc import Sequence

from chimera.gateway.call import Target
from chimera.kit.errors import AppError, Kind
from chimera.llm import ProviderError


class GatewayError(AppError):
    """Base of all refusals of the gateway."""


class DeadlineExceededError(GatewayError):
    code = "deadline_exceeded"
    kind = Kind.TIMEOUT


class UnknownModelError(GatewayError):
    code = "model_not_found"
    kind = Kind.NOT_FOUND


class ModelNotAllowedError(GatewayError):
    code = "model_not_allowed"
    kind = Kind.FORBIDDEN

    @classmethod
    def naming(cls, model: str) -> "ModelNotAllowedError":
        return cls(
            f"You may not ask the model {model[:100]!r}: your role or this API key is bound to others. "
            "GET /v1/models lists them."
        )


class TenantBusyError(GatewayError):
    code = "too_many_requests"
    kind = Kind.RATE_LIMITED


class CallInterruptedError(GatewayError):
    code = "call_interrupted"
    kind = Kind.UNAVAILABLE


class DegradedUnavailableError(GatewayError):
    code = "degraded_unavailable"
    kind = Kind.UNAVAILABLE


class CircuitOpenError(ProviderError):
    code = "circuit_open"


class OffSchemaError(ProviderError):
    code = "answer_off_schema"


class ProviderBusyError(ProviderError):
    code = "provider_busy"


class AllTargetsFailedError(GatewayError):
    """Every target failed.

    Attributes:
        failures: One per target, in the order tried.
    """

    code = "all_targets_failed"
    kind = Kind.UNAVAILABLE

    def __init__(self, failures: Sequence[tuple[Target, ProviderError]]) -> None:
        tried = "; ".join(f"{target.id}: {error.message}" for target, error in failures)
        waits = [error.retry_after_s for _, error in failures if error.retry_after_s is not None]
        super().__init__(f"No model could answer. Tried {tried}", retry_after_s=min(waits, default=None))
        self.failures = tuple(failures)

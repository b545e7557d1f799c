"""What is known of a model, and how a provider is doing."""

from enum import StrEnum

from msgspec import Struct


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a model (or a provider, at its best) can do."""

    chat: bool = True
    tools: bool = True
    images: bool = False
    structured_output: bool = True
    reasoning: bool = False
    embeddings: bool = False


class ModelCard(Struct, frozen=True, kw_only=True):
    """A model at its provider.

    Attributes:
        name: The provider's own name of it.
        context_tokens: Input and output together; `None` where nobody told.
        output_tokens: The most it writes in one answer.
        demonstration: Whether it is only there so that a first start answers something.
    """

    name: str
    capabilities: Capabilities = Capabilities()
    context_tokens: int | None = None
    output_tokens: int | None = None
    owner: str = ""
    demonstration: bool = False


class HealthStatus(StrEnum):
    OK = "ok"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    UNAVAILABLE = "unavailable"
    MISADDRESSED = "misaddressed"


class Health(Struct, frozen=True, kw_only=True):
    """How a provider answered a check.

    Attributes:
        detail: What happened and what to do, for a person.
        limits: Rate-limit headers as the provider sent them, by header name.
    """

    status: HealthStatus
    detail: str = ""
    limits: dict[str, str] = {}


class Embeddings(Struct, frozen=True, kw_only=True):
    """One vector per text, in the order asked."""

    model: str
    vectors: tuple[tuple[float, ...], ...]
    input_tokens: int = 0

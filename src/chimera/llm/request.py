"""What a model is asked, whoever asks and whoever answers."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from chimera.llm.content import Message, Text, Tool, ToolChoice


class Sampling(Struct, frozen=True, kw_only=True):
    """How tokens are drawn; `None` leaves it to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


class Reasoning(Struct, frozen=True, kw_only=True):
    """How much a model should think: by word (`none` … `high`) or by budget; a wire converts between them."""

    effort: str | None = None
    budget_tokens: int | None = None


class JsonObject(Struct, frozen=True, kw_only=True):
    """Any JSON object."""


class JsonSchema(Struct, frozen=True, kw_only=True):
    """JSON valid against a schema.

    Attributes:
        schema: JSON Schema as JSON text.
    """

    name: str
    schema: str
    description: str | None = None
    strict: bool | None = None


ResponseFormat: TypeAlias = Literal["text"] | JsonObject | JsonSchema


class Request(Struct, frozen=True, kw_only=True):
    """One question to a model.

    Attributes:
        model: As the caller named it; `Dispatch` replaces it with the provider's own name.
        system: Leading instructions; later ones are messages of role `system`.
        parallel_tools: Whether several tools may be called at once; `None` leaves it to the provider.
        extra: Parameters of the OpenAI chat wire that the language has no word for (`logit_bias`, `metadata`, …).
            Imitators of OpenAI get them as they are; other wires report them as lost.
    """

    model: str
    messages: tuple[Message, ...]
    system: tuple[Text, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = "auto"
    parallel_tools: bool | None = None
    sampling: Sampling = Sampling()
    response_format: ResponseFormat = "text"
    reasoning: Reasoning | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


class EmbeddingRequest(Struct, frozen=True, kw_only=True):
    """Texts to turn into vectors.

    Attributes:
        dimensions: Shorten the vectors to this length, where the model can.
    """

    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None

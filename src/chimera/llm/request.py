"""What a model is asked, whoever asks and whoever answers."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Raw, Struct, field, json

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


class Original(Struct, frozen=True, kw_only=True):
    """A question in its caller's own words, for a provider that takes this wire as it is.

    Whoever changes the `Request` that it belongs to must drop it.

    Attributes:
        wire: Name of the wire's package in `wires/`.
        fields: Members of the body; the provider gets their values byte for byte, but for the model's name.
        stream: Whether a stream was asked for.
        operation: The endpoint, on wires that have several for one purpose.
        headers: Headers of the caller that belong to the wire (`anthropic-beta`), names in lower case.
        beyond: Paths of the members that ask what the language has no word for (`n`, `logprobs`, `tools.0`). A provider
            that does not take the wire as it is cannot answer the request.
        minor: Paths of the members that the language has no word for either, but that an answer can do without
            (`service_tier`, `context_management`). Where they cannot go along they are named as lost.
        answer: Members of the answer that are ours to say (its id, whether it is kept), whatever the provider says.
    """

    wire: str
    fields: Mapping[str, Raw]
    stream: bool = False
    operation: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    beyond: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    answer: Mapping[str, Raw] = field(default_factory=dict)


class Request(Struct, frozen=True, kw_only=True):
    """One question to a model.

    Attributes:
        model: As the caller named it; `Dispatch` replaces it with the provider's own name.
        system: Leading instructions; later ones are messages of role `system`.
        parallel_tools: Whether several tools may be called at once; `None` leaves it to the provider.
        extra: Parameters of the OpenAI chat wire that the language has no word for (`logit_bias`, `metadata`, …).
            Imitators of OpenAI get them as they are; other wires report them as lost.
        strict: Whether to fail rather than to ask a provider that cannot be told everything.
        original: The caller's own words; `None` where the request was made or changed by us.
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
    strict: bool = False
    original: Original | None = None


class EmbeddingRequest(Struct, frozen=True, kw_only=True):
    """Texts to turn into vectors.

    Attributes:
        dimensions: Shorten the vectors to this length, where the model can.
        tokens: The texts once more, in tokens of OpenAI's, if the caller sent these; whoever made them takes them.
        user: The caller's name for its user, for providers that watch for abuse.
    """

    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None
    tokens: tuple[tuple[int, ...], ...] = ()
    user: str | None = None


class RelayRequest(Struct, frozen=True, kw_only=True):
    """A request that is passed on unread to a provider that has the endpoint: `audio/speech`, `moderations`, …

    Attributes:
        operation: Path of the endpoint below the API's root.
        before: The body up to the model's name.
        after: The body after it.
        content_type: The body's, with its multipart boundary if it has one.
        headers: Headers of the caller that belong to the wire, names in lower case.
        further: Where the name stands more than once: the pieces of the body that each follow another mention of it.
    """

    model: str
    operation: str
    before: bytes
    after: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    further: tuple[bytes, ...] = ()

    @property
    def body(self) -> bytes:
        """The body with the model's name in its place; in JSON that is within quotation marks."""
        name = json.encode(self.model)[1:-1] if self.content_type == "application/json" else self.model.encode()
        return name.join((self.before, self.after, *self.further))

"""What is known of a model, and who said so.

Overrides win over all. Of windows, what the provider told comes next, then our own lists, then the libraries; of what
providers seldom tell, the libraries. Where libraries differ in a window, the larger one stands, because calls are
refused by it.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from chimera.gateway.knowledge.prices import Price
from chimera.llm import LARGEST_COUNT, ModelCard


class Facts(Struct, frozen=True, kw_only=True):
    """What one source says of a model; `None` and empty where it says nothing.

    Attributes:
        matched: The name under which the source knows the model; where it is another one, by its rules they are one.
        context_tokens: Input and output together.
        knowledge_cutoff: Year and month, or a day, up to which the model was trained: `2025-08`.
        deprecated: Whether its provider advises against it already.
        retires_on: First day on which it is not served any more.
    """

    matched: str = ""
    context_tokens: int | None = None
    output_tokens: int | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    tools: bool | None = None
    reasoning: bool | None = None
    price: Price | None = None
    knowledge_cutoff: str | None = None
    deprecated: bool | None = None
    retires_on: date | None = None


FACTS = tuple(name for name in Facts.__struct_fields__ if name != "matched")
WINDOWS = ("context_tokens", "output_tokens")


class Knowledge(Struct, frozen=True, kw_only=True):
    """The facts that stand.

    Attributes:
        sources: Who said each of them, by the fact's name: `configuration`, `openai`, `Chimera`, or a library with its
            version and, in brackets, the name under which it knows the model.
    """

    facts: Facts = Facts()
    sources: Mapping[str, str] = field(default_factory=dict)

    def without(self, fact: str) -> "Knowledge":
        sources = {name: source for name, source in self.sources.items() if name != fact}
        return Knowledge(facts=replace(self.facts, **{fact: None}), sources=sources)

    def completing(self, card: ModelCard) -> ModelCard:
        """The card with the windows that stand."""
        facts = self.facts
        return replace(card, context_tokens=facts.context_tokens, output_tokens=facts.output_tokens)


Said = tuple[str, Facts]
"""A source and what it says."""


def weigh(*, configured: Facts | None, card: Said | None, listed: Said | None, libraries: Sequence[Said]) -> Knowledge:
    """Let the best source of each fact stand.

    Args:
        configured: What the operator said.
        card: What the provider told.
        listed: What our own list of the provider's models says.
        libraries: The best one first.
    """
    told = [said for said in (card, listed) if said is not None]
    first = [("configuration", configured)] if configured else []
    chosen: dict[str, object] = {}
    sources: dict[str, str] = {}
    for fact in FACTS:
        others = [*told, *_largest_first(fact, libraries)] if fact in WINDOWS else [*libraries, *told]
        for source, facts in (*first, *others):
            value = getattr(facts, fact)
            if value not in {None, ()}:
                chosen[fact], sources[fact] = value, source
                break
    return Knowledge(facts=Facts(**chosen), sources=sources)  # type: ignore[arg-type]  # each of its own fact


def _largest_first(fact: str, libraries: Sequence[Said]) -> list[Said]:
    return sorted(libraries, key=lambda said: -(getattr(said[1], fact) or 0))


def facts_of(card: ModelCard) -> Facts:
    """What a card says. Its abilities are the best guess of the provider's adapter where the provider told nothing."""
    able, window, longest = card.capabilities, _possible(card.context_tokens), _possible(card.output_tokens)
    if able.embeddings and not able.chat:
        return Facts(context_tokens=window, input_modalities=("text",), output_modalities=("embedding",))
    return Facts(
        context_tokens=window,
        output_tokens=longest,
        input_modalities=("text", "image") if able.images else ("text",),
        output_modalities=("text",),
        tools=able.tools,
        reasoning=able.reasoning,
    )


def _possible(tokens: int | None) -> int | None:
    """What a provider told of a window: any server may say anything, and budgets are reckoned by it."""
    return None if tokens is None or tokens < 1 else min(tokens, LARGEST_COUNT)

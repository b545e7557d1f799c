"""How much an attempt can use: bounded for nothing, or counted where the bound does not fit."""

from dataclasses import dataclass, replace

import msgspec

from chimera.gateway.call import Asked, Target
from chimera.gateway.metering.tariff import USUAL, Ask
from chimera.gateway.tokens import Factors, count, estimate, upper_bound
from chimera.llm import EmbeddingRequest, Original, RelayRequest, Request

# Of a model of which nobody knows how much it writes.
_UNKNOWN_OUTPUT = 32_768
_RELAYED_OUTPUT = 16_384
# An answer that is shorter than this helps nobody.
_USEFUL = 64
_BYTES_A_CHARACTER = 4
_MOST_CHOICES = 128
# As the wires name them: https://platform.openai.com/docs/api-reference/chat/create#chat_create-n,
# https://ai.google.dev/api/generate-content#generationconfig
_CHOICES = ("n", "candidateCount")
_TIER = "service_tier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The most tokens that an attempt can use.

    Attributes:
        output_tokens: Of all choices.
        least_output_tokens: With fewer the answer would not be worth having.
        choices: How many answers are asked for.
    """

    input_tokens: int
    output_tokens: int = 0
    least_output_tokens: int = 0
    choices: int = 1
    ask: Ask = USUAL


def bounded(asked: Asked, target: Target) -> Extent:
    """Bound what an attempt can use, in microseconds."""
    window = target.card.context_tokens if target.card else None
    most = target.card.output_tokens if target.card else None
    match asked:
        case Request():
            return _of_conversation(asked, window, most)
        case EmbeddingRequest():
            sizes = map(len, asked.tokens) if asked.tokens else (len(text) * _BYTES_A_CHARACTER for text in asked.texts)
            return Extent(input_tokens=sum(sizes))
        case RelayRequest():
            size = len(asked.before) + len(asked.after)
            output = most or _RELAYED_OUTPUT
            return Extent(input_tokens=min(size, window or size), output_tokens=output, least_output_tokens=output)


def counted(asked: Asked, extent: Extent, target: Target, factors: Factors) -> Extent:
    """Count the input better than the bound; may load a vocabulary, so call it outside the event loop."""
    if not isinstance(asked, Request) or (asked.original and asked.original.beyond):
        return extent
    at_most = count(asked, target.model, factors).at_most
    return replace(extent, input_tokens=min(at_most, extent.input_tokens))


def sent_tokens(asked: Asked, extent: Extent, target: Target, factors: Factors) -> int:
    """Estimate at once, and rather too high, what an attempt sent that nobody reported on; 5 ms a megabyte."""
    if not isinstance(asked, Request):
        return extent.input_tokens
    return min(estimate(asked, target.model, factors).at_most, extent.input_tokens)


def _of_conversation(asked: Request, window: int | None, most: int | None) -> Extent:
    original, wanted = asked.original, asked.sampling.max_output_tokens
    output = min(wanted or most or window or _UNKNOWN_OUTPUT, most or window or wanted or _UNKNOWN_OUTPUT)
    thinks = (asked.reasoning.budget_tokens or 0) if asked.reasoning else 0
    least = min(output, thinks + _USEFUL)
    bound = upper_bound(asked)
    ask, choices = USUAL, 1
    if original is not None and original.beyond:
        # What the language has no word for was not measured, but it is no longer than what was sent.
        bound = None if bound is None else max(bound, sum(len(bytes(raw)) for raw in original.fields.values()))
        choices = _choices(original)
        ask = Ask(searches=any(path.startswith("tools") for path in original.beyond))
    if (way := _way(asked)) or (original is not None and "inference_geo" in original.fields):
        ask = ask._replace(way=way, elsewhere=original is not None and "inference_geo" in original.fields)
    if bound is None:  # documents: nobody tells before they were read
        bound = window or estimate(asked, asked.model).at_most
    return Extent(
        input_tokens=min(bound, window or bound),
        output_tokens=output * choices,
        least_output_tokens=least * choices,
        choices=choices,
        ask=ask,
    )


def _choices(original: Original) -> int:
    config = original.fields.get("generationConfig") or original.fields.get("generation_config")
    members = msgspec.json.decode(config, type=dict[str, msgspec.Raw]) if config else original.fields
    for name in (*_CHOICES, "candidate_count"):
        told = bytes(members.get(name, b""))
        if told.isdigit():
            return min(max(1, int(told)), _MOST_CHOICES)
    return 1


def _way(asked: Request) -> str:
    told = asked.extra.get(_TIER) if asked.extra else None
    if asked.original is not None and _TIER in asked.original.fields:
        told = bytes(asked.original.fields[_TIER]).decode(errors="replace").strip('"')
    return told if isinstance(told, str) else ""

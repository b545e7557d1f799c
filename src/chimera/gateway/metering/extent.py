"""How much an attempt can use: bounded for nothing, or counted where the bound does not fit."""

import re
from collections.abc import Mapping
from math import inf
from typing import Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from chimera.gateway.call import Asked, Target
from chimera.gateway.metering.relayed import most_output_tokens, size_of
from chimera.gateway.metering.tariff import USUAL, Ask
from chimera.gateway.tokens import Content, Factors, content_of, count, estimate, upper_bound
from chimera.llm import LARGEST_COUNT, EmbeddingRequest, RelayRequest, Request
from chimera.wires.gemini.spelling import camel

# Of a model of which nobody knows how much it writes.
_UNKNOWN_OUTPUT = 32_768
# An answer that is shorter than this helps nobody.
_USEFUL = 64
_BYTES_A_CHARACTER = 4
# Anthropic's price follows the speed, whatever the tier: https://platform.claude.com/docs/en/build-with-claude/fast-mode
_WAYS = ("speed", "service_tier", "serviceTier")
# What the provider reads by itself is charged as input, and only the window bounds it: pages that it looks up, files
# that it keeps, servers that it asks.
_SEARCHES = frozenset({"web_search_options", "search_parameters", "plugins"})
# OpenRouter looks up five pages at 4 USD a thousand for a model of this name, and for whoever asks with `plugins`:
# https://openrouter.ai/announcements/introducing-web-search-via-the-api
_ONLINE = ":online"
_ONLINE_NUSD = 20_000_000
# vLLM writes as many answers and gives the best `n` of them: https://docs.vllm.ai/en/v0.4.2/serving/openai_compatible_server.html
_CANDIDATES = "best_of"
_TOOLS = re.compile(r"tools\.\d")
_READS = re.compile(
    r"(?:mcp_servers|container|thread|cachedContent)(?:\.|$)"
    r"|(?:messages|input|contents|previous_response_id)\.\d+(?!.*\.function_call$)"
)
# No provider writes as many; a number without a bound would not fit into the columns that add holds up.
MOST_CHOICES: Final = 1024
_anything = msgspec.json.Decoder(object).decode
_members = msgspec.json.Decoder(dict[str, Raw]).decode


class Extent(Struct, frozen=True, kw_only=True):
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


def bounded(asked: Asked, target: Target, content: Content | None = None) -> Extent:
    """Bound what an attempt can use, in microseconds; `content` is the conversation's, where that is known already."""
    window = target.card.context_tokens if target.card else None
    most = target.card.output_tokens if target.card else None
    match asked:
        case Request():
            return _of_conversation(asked, content or content_of(asked), target, most)
        case EmbeddingRequest():
            sizes = map(len, asked.tokens) if asked.tokens else (len(text) * _BYTES_A_CHARACTER for text in asked.texts)
            return Extent(input_tokens=sum(sizes))
        case RelayRequest():
            size, output = size_of(asked), most_output_tokens(asked, most)
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


def _of_conversation(asked: Request, content: Content, target: Target, most: int | None) -> Extent:
    original, wanted = asked.original, asked.sampling.max_output_tokens
    window = target.card.context_tokens if target.card else None
    most = min(most or window or wanted or _UNKNOWN_OUTPUT, LARGEST_COUNT)
    output = min(wanted or most, most)
    thinks = (asked.reasoning.budget_tokens or 0) if asked.reasoning else 0
    least = min(output, thinks + _USEFUL)
    bound = upper_bound(content)
    ask, choices = _ask(asked, target.model), _choices(asked)
    if original is not None and original.beyond:
        # What the language has no word for was not measured, but it is no longer than what was sent.
        bound = None if bound is None else max(bound, sum(len(bytes(raw)) for raw in original.fields.values()))
    if ask.searches or (original is not None and any(map(_READS.match, original.beyond))):
        bound = max(window or 0, bound or 0) or None
    if bound is None:  # documents: nobody tells before they were read
        bound = window or estimate(asked, asked.model).at_most
    return Extent(
        input_tokens=min(bound, window or bound),
        output_tokens=output * choices,
        least_output_tokens=least * choices,
        choices=choices,
        ask=ask,
    )


def _ask(asked: Request, model: str) -> Ask:
    original, is_online = asked.original, model.endswith(_ONLINE)
    if original is None:
        way = asked.extra.get("service_tier") if asked.extra else None
        return _made(way if isinstance(way, str) else "", searches=is_online, is_online=is_online)
    way = _way(original.fields)
    elsewhere = "inference_geo" in original.fields
    searches = any(map(_TOOLS.match, (*original.beyond, *original.minor)))
    searches = searches or is_online or not _SEARCHES.isdisjoint(original.fields)
    return _made(way, elsewhere=elsewhere, searches=searches, is_online=is_online or "plugins" in original.fields)


def _made(way: str, *, searches: bool, is_online: bool, elsewhere: bool = False) -> Ask:
    if not (way or elsewhere or searches):
        return USUAL
    return Ask(way=way, elsewhere=elsewhere, searches=searches, search_nusd=_ONLINE_NUSD if is_online else 0)


def _way(fields: Mapping[str, Raw]) -> str:
    """How the request wants to be served, as a JSON reader understands it, however the word is escaped."""
    ways = (_read(fields[name]) for name in _WAYS if name in fields)
    return next((way.lower() for way in ways if isinstance(way, str) and way.lower() != "standard"), "")


def _choices(asked: Request) -> int:
    """How many answers are written, read as its own wire reads it: elsewhere the member means nothing."""
    original = asked.original
    if original is None:
        told = asked.extra.get(_CANDIDATES) if asked.extra else None
        return _within_reason(told)
    if original.wire != "gemini":
        return max(_count(original.fields.get(name)) for name in ("n", _CANDIDATES))
    configs = (_members(raw) for name, raw in original.fields.items() if camel(name) == "generationConfig")
    return max(
        (_count(raw) for config in configs for name, raw in config.items() if camel(name) == "candidateCount"),
        default=1,
    )


def _count(told: Raw | None) -> int:
    return 1 if told is None else _within_reason(_read(told))


def _within_reason(number: object) -> int:
    return int(min(max(1, number), MOST_CHOICES)) if isinstance(number, int | float) else 1


def _read(told: Raw) -> object:
    try:
        return _anything(told)
    except msgspec.ValidationError:  # well written, but a number larger than anything here can hold
        return inf

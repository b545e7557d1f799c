"""What an answer used and cost, for the headers of whole answers: those of a stream are gone before it is known."""

from fractions import Fraction

from chimera.compat.exchange import Surface
from chimera.gateway.call import Call
from chimera.kit.clock import utc_now
from chimera.llm import Usage

_NUSD = 1_000_000_000


def accounting_headers(surface: Surface, call: Call, usage: Usage | None) -> list[tuple[bytes, bytes]]:
    """Tokens as the provider counted them, and their price where one is known: `x-chimera-cost-usd`.

    The price is that of the answer alone; what failed attempts before it may have cost is the ledger's business.
    """
    if usage is None or not (usage.input_tokens or usage.output_tokens):
        return []  # nobody counted, as with embeddings of Gemini: that they cost nothing would be a lie
    headers = [
        (b"x-chimera-input-tokens", b"%d" % usage.input_tokens),
        (b"x-chimera-cached-tokens", b"%d" % usage.cached_tokens),
        (b"x-chimera-output-tokens", b"%d" % usage.output_tokens),
    ]
    cost = _cost_nusd(surface, call, usage)
    if cost is not None:
        headers.append((b"x-chimera-cost-usd", _usd(cost)))
    return headers


def _cost_nusd(surface: Surface, call: Call, usage: Usage) -> Fraction | None:
    answered = call.trail.answered_by
    known = surface.catalogue().knowledge.get(answered.id) if answered else None
    if known is None or known.facts.price is None:
        return None
    return known.facts.price.rates(utc_now(), usage.input_tokens).cost_nusd(usage)


def _usd(nusd: Fraction) -> bytes:
    """In USD, rounded up to the nano-USD: an answer that costs something never looks free."""
    whole = -(-nusd.numerator // nusd.denominator)
    return b"%d.%09d" % divmod(whole, _NUSD)

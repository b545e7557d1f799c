"""What an answer used and cost, for the headers of whole answers: those of a stream are gone before it is known."""

from chimera.compat.exchange import Surface
from chimera.gateway.call import Call
from chimera.kit.clock import utc_now
from chimera.kit.money import NUSD
from chimera.llm import Usage


def accounting_headers(surface: Surface, call: Call, usage: Usage | None) -> list[tuple[bytes, bytes]]:
    """Tokens as the provider counted them, and what the call cost where all of that is known: `x-chimera-cost-usd`.

    That is what the ledger has of all attempts, those that failed included. Without a ledger it is the answer's price.
    """
    headers: list[tuple[bytes, bytes]] = []
    if usage is not None and (usage.input_tokens or usage.output_tokens):  # some count nothing: nothing is told of it
        headers += [
            (b"x-chimera-input-tokens", b"%d" % usage.input_tokens),
            (b"x-chimera-cached-tokens", b"%d" % usage.cached_tokens),
            (b"x-chimera-output-tokens", b"%d" % usage.output_tokens),
        ]
    if (cost_nusd := _cost_nusd(surface, call, usage)) is not None:
        headers.append((b"x-chimera-cost-usd", b"%d.%09d" % divmod(cost_nusd, NUSD)))
    return headers


def _cost_nusd(surface: Surface, call: Call, usage: Usage | None) -> int | None:
    """In nano-USD, rounded up: an answer that costs something never looks free."""
    if call.trail.told.charges:
        return call.trail.told.cost_nusd
    answered = call.trail.answered_by
    known = surface.catalogue(call.scope).knowledge.get(answered.id) if answered else None
    if usage is None or not (usage.input_tokens or usage.output_tokens) or known is None or known.facts.price is None:
        return None
    exact = known.facts.price.rates(utc_now(), usage.input_tokens).cost_nusd(usage)
    return None if exact is None else -(-exact.numerator // exact.denominator)

"""What is known of each model: windows, abilities, prices, dates, each with who said so."""

from chimera.gateway.knowledge.facts import Facts, Knowledge, Said, facts_of, weigh
from chimera.gateway.knowledge.library import SELF_HOSTED, FactSource, Library
from chimera.gateway.knowledge.prices import FREE, Period, Price, Rates, Tier, flat

__all__ = [
    "FREE", "SELF_HOSTED", "FactSource", "Facts", "Knowledge", "Library", "Period", "Price", "Rates", "Said",
    "Tier", "facts_of", "flat", "weigh",
]  # fmt: skip

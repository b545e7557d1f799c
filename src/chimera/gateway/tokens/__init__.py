"""How many tokens a request has: bounded for nothing, estimated in microseconds, or counted. Never asks the network."""

from chimera.gateway.tokens.content import Content, content_of
from chimera.gateway.tokens.count import (
    Factors,
    TokenCount,
    count,
    count_alone,
    estimate,
    estimate_alone,
    fewest_alone,
    rough,
    upper_bound,
)
from chimera.gateway.tokens.scripts import Script
from chimera.gateway.tokens.vocabularies import spelled_out

__all__ = [
    "Content",
    "Factors",
    "Script",
    "TokenCount",
    "content_of",
    "count",
    "count_alone",
    "estimate",
    "estimate_alone",
    "fewest_alone",
    "rough",
    "spelled_out",
    "upper_bound",
]

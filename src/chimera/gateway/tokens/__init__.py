"""How many tokens a request has: bounded for nothing, estimated in microseconds, or counted. Never asks the network."""

from chimera.gateway.tokens.count import TokenCount, count, estimate, upper_bound

__all__ = ["TokenCount", "count", "estimate", "upper_bound"]

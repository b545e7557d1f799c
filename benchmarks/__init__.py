"""Benchmarks: what Chimera costs, beside a bare passthrough and LiteLLM's proxy, in one run on one machine."""

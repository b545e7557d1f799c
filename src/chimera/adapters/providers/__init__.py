"""Whoever serves models. Implementations of `llm.ModelProvider`; see `chimera.adapters`."""

"""Ollama's API, served from any provider's models."""

"""Durable work put together."""

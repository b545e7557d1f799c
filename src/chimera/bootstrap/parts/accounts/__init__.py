"""Organisations' own accounts at providers, put together."""

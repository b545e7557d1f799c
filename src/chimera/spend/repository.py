"""Queries of this package."""

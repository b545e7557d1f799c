"""Organisations: made, changed and suspended."""

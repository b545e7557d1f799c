"""Signing in, and what follows from it."""

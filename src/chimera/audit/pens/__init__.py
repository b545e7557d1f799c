"""Whoever writes noted entries, one for each database."""

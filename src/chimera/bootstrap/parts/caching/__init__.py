"""Answers given again: the caches and joining."""

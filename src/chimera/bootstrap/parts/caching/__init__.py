"""Answers given again: the caches, joining, and who compares questions."""

"""Answers that were given before: which may be given again, to whom, and for how long."""

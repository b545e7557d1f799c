"""Answers, errors and models as Google words them."""

"""Tells other people's servers what happened here: signed, again until it was heard, and written down."""

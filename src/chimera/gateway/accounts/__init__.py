"""Organisations' own accounts at providers, as their calls see them."""

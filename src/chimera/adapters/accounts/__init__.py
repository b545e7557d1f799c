"""Adapters of the port `Accounts`: organisations' own accounts at providers."""

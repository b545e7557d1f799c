"""Signed tokens: ours, and those of issuers that an organisation believes."""

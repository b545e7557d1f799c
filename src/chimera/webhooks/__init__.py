"""Webhooks: telling an organisation's own servers what happened, signed, again until they have heard it."""

"""Roles: those built in, and an organisation's own."""

"""Signing in at an organisation's own provider (OpenID Connect)."""

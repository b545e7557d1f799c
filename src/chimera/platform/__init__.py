"""Inbound: our own API under `/api/v1` where no domain owns it: models and providers."""

"""Stores of secrets: implementations of `crypto.secrets.Secrets`, each with `Settings` and `connect`."""

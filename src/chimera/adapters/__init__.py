"""Implementations of the ports: one folder per port, one file per implementation.

A file `<port>/<name>.py` holds `Settings` (a Pydantic model) and `connect(...)` (an async context manager that yields
the implementation). The name of the file is the `kind` in the configuration, and the contract tests find it.
"""

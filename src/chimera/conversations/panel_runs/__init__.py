"""Panels at work: their settings, their runs, and the HTTP API of both. A run is a turn of its conversation."""

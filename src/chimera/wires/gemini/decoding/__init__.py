"""Requests as clients of Google send them, read."""

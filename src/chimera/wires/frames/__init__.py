"""Answers that come in frames: server-sent events, lines of JSON. Pure."""

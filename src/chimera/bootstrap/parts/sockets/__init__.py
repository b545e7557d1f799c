"""Sockets: their protocol, and what the door to them needs."""

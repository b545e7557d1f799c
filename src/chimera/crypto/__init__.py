"""Sealing, signing and the ports to secrets. Pure: keeps nothing, and asks nobody."""

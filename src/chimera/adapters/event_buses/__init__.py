"""Implementations of the port `chimera.conversations.bus.EventBus`, one file each: `Settings` and `connect()`."""

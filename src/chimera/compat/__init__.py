"""Inbound: the APIs that other people's SDKs already speak. A wire in, the gateway, the same wire out."""

"""Providers of feature flags, each an OpenFeature provider (https://openfeature.dev/specification/sections/providers).

A vendor's is plugged in by a module with `Settings` and `connect` under the entry-point group `chimera.flags`.
"""

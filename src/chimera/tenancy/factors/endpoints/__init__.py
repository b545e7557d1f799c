"""Doors to factors: codes and apps, passkeys, and what administrators do for others."""

"""How fast a caller may ask: token buckets over requests and tokens, and who keeps their levels."""

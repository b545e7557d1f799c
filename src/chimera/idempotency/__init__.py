"""The same request sent twice is done once: first results by `Idempotency-Key`."""

"""Models that turn texts into vectors, one a file. Each has a `connect() -> Embedder`."""

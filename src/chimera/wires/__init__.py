"""Foreign formats, both ways. Pure: bytes and dictionaries in, the language of `llm` out, and back. No I/O."""

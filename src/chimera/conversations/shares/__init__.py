"""Links that show a branch of a conversation to others: read only, redacted, for a time, until they are revoked."""

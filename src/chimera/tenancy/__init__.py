"""Who is asking: organisations, their people, keys and sessions; turns credentials into a `Scope`."""

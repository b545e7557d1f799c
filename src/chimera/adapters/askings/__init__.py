"""What replicas tell each other of calls that are under way."""

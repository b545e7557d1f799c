"""What replicas share of answers that were given before."""

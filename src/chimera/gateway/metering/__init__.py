"""What an attempt may cost, what it has cost so far, and what it did cost."""

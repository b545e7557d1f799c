"""What a call may cost at most, what it did cost, and who keeps the books of it."""

"""What keeps answers coming while not all is well, and what is tried on the way: stages, flags, experiments."""

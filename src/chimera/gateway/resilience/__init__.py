"""What keeps the house answering while parts of the world do not: balancing, levels, hedging, flags, circuits."""

"""What keeps the house answering while parts of the world do not: degradation, hedging, experiments, flags."""

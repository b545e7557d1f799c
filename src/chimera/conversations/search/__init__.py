"""Full-text search over all that a person said and was told: an index of words that is sealed like the words."""

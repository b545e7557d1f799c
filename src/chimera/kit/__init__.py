"""The ground of the house: errors, scope, loading, clock, ids. Knows nothing above it."""

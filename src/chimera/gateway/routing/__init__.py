"""Which model answers a call that leaves the choice to the house, and why."""

"""Models tried beside others: who takes part, what came of it, and whether that says anything yet."""

"""Where sums of experiments are kept."""

"""`chimera doctor`: what it checks, what it found, and how that is told."""

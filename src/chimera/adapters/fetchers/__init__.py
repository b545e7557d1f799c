"""Who asks addresses that somebody gave us."""

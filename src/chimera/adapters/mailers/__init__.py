"""Who sends e-mail."""

"""What was used and what it costs, where no single wire owns it."""

"""What protects people who open answers of ours in a browser."""

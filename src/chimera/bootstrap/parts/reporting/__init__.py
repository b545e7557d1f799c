"""What is told to people and to their servers: money, and webhooks."""

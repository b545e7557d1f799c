"""Who sends webhooks."""

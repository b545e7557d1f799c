"""Where checkpoints of the audit trail go."""

"""What models are shown of conversations."""

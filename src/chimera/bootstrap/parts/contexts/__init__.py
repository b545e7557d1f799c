"""What models are shown of conversations, and what people find in them."""

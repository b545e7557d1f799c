"""Keys of organisations and people, and the secrets sealed with them."""

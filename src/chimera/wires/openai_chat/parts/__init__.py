"""Parts of messages and answers that this wire words in a way of its own. Pure."""

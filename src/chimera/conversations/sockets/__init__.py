"""The WebSocket door of conversations: who comes in, what is said there, and what everybody in a conversation hears."""

"""The life of a conversation: it rests, is completed, and in the end loses its words, unless a hold keeps them."""

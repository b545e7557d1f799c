"""Conversations: a tree of messages, the turns that grow it, and the journal by which many readers follow a turn."""

"""Other houses' exports, and ours, turned into documents: a file each, and one that tells which it is. Pure."""

from chimera.conversations.interchange.formats.telling import is_conversation, read

__all__ = ["is_conversation", "read"]

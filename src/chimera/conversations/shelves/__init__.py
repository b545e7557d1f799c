"""Where people put their conversations: folders, tags, what is pinned and what is put away."""

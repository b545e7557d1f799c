"""What is remembered of a person beyond a conversation: facts with their times, how they are found and made. Pure."""

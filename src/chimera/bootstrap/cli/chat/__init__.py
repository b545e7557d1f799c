"""`chimera chat`: who answers, one conversation, and the talk around it."""

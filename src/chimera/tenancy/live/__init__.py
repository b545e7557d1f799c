"""What goes on long after it began, and whether it still may."""

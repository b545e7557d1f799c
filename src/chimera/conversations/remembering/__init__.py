"""Memory of people, kept: learned beside the turns, shown in them, and in its owner's hands."""

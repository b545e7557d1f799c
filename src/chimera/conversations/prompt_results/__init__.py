"""What answers came to by the version of the prompt that they were given with."""

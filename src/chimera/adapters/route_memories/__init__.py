"""Where the experience of `auto` outlives the process."""

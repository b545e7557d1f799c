"""What keeps conversations as they are, and awake: holds, what is said, and when somebody must look at them again."""

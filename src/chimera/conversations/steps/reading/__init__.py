"""Reading a message: what it wants, what it stands for, whether it may mean two things. Pure."""

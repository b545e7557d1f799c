"""`chimera serve`: how a process becomes a server, and what it says when it is one."""

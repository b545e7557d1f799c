"""One section a file. Everything has a default, and the defaults are the operator's settings."""

"""What is proved by e-mail: that an address is read, and so whose password may be changed."""

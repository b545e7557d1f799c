"""What a house needs to know who comes in and to trust it: a file a part, put together in `parts.people`."""

"""Work that is not in a hurry: files that are kept, and batches of requests that a durable runner asks one by one."""

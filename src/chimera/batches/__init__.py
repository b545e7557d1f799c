"""Files that tenants uploaded, and batches of requests that are worked through when there is time."""

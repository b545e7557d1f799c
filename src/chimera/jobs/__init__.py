"""Work that outlives the process that began it: kept in the database, led on under a lease, each step once."""

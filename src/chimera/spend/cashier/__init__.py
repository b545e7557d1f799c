"""The cashier: everything that one process does to the books, many operations a transaction."""

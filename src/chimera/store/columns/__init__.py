"""Types of columns that behave the same on SQLite and PostgreSQL."""

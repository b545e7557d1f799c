"""What is SQLite's own: its connection, and rows written without the object-relational mapper."""

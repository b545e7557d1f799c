"""Which models a caller may ask."""

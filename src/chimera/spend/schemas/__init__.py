"""Bodies of the HTTP API of money: USD as decimal strings, never as floats."""

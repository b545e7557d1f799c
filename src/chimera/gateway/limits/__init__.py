"""How fast an organisation, its people and its keys may ask: what binds a call, and the port to whoever counts."""

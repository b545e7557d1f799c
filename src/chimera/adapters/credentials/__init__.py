"""How a connection proves who it is, where a fixed key in the usual header is not enough."""

"""How a prompt is laid out, so that providers' prompt caches hold and nothing is sent twice. Pure."""

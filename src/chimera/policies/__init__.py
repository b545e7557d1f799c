"""What an organisation decides about its calls, section by section; read on the hot path from memory."""

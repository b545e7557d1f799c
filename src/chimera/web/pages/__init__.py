"""The built web app, handed out: packed, and with what a browser is told of it."""

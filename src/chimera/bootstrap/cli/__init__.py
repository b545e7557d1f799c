"""The command line, a file a command. What a command needs is imported when it runs, so that `--help` is quick."""

from chimera.bootstrap.cli.main import app

__all__ = ["app"]

"""The door of the command line: `chimera …` and `python -m chimera …`."""

from chimera.bootstrap.cli import app


def main() -> None:
    app()


if __name__ == "__main__":
    main()

"""How a command fails: one message on standard error that says what to do, and an exit code."""

from collections.abc import Generator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import DBAPIError

from chimera.kit.errors import AppError


@contextmanager
def or_say_why() -> Generator[None]:
    """Turn what an operator can mend into a message and exit code 1; our own faults keep their trace."""
    try:
        yield
    except AppError as error:
        raise _ended(error.message) from error
    except DBAPIError as error:
        raise _ended(f"The database cannot be used: {error.orig}. Is CHIMERA_DATABASE_URL right?") from error
    except OSError as error:
        raise _ended(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}") from error


def _ended(message: str) -> typer.Exit:
    typer.secho(f"chimera: {message}", fg=typer.colors.RED, err=True)
    return typer.Exit(1)

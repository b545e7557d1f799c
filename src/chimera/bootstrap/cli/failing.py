"""How a command fails: one message on standard error that says what to do, and an exit code."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import DBAPIError

from chimera.kit.errors import AppError
from chimera.store import DatabaseUnavailableError
from chimera.store.row_security import APPLICATION_ROLE

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_INSUFFICIENT_PRIVILEGE = "42501"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def or_say_why() -> Generator[None]:
    """Turn what an operator can mend into a message and exit code 1; our own faults keep their trace."""
    try:
        yield
    except DatabaseUnavailableError as error:
        raise _ended(f"{error.message} `chimera doctor` says more.") from error
    except AppError as error:
        raise _ended(error.message) from error
    except DBAPIError as error:
        raise _ended(f"The database cannot be used: {driver_says(error)}") from error
    except OSError as error:
        raise _ended(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}") from error


def driver_says(error: DBAPIError) -> str:
    """The driver's first line, and what to do."""
    reason = str(error.orig).splitlines()[0]
    if getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE:
        todo = f"Let the login that migrated say `GRANT {APPLICATION_ROLE} TO` this one."
    elif getattr(error.orig, "sqlite_errorcode", None) in _DAMAGED:
        todo = "The file is damaged, or is none of ours: bring a backup back."
    else:
        todo = "Check CHIMERA_DATABASE_URL."
    return f"{reason}. {todo}"


def _ended(message: str) -> typer.Exit:
    typer.secho(f"chimera: {message}", fg=typer.colors.RED, err=True)
    return typer.Exit(1)

"""How a command fails: one message on standard error that says what to do, and an exit code."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from chimera.kit.errors import AppError


@contextmanager
def or_say_why() -> Generator[None]:
    """Turn an `AppError` into its message and exit code 1; other exceptions are our own faults and keep their trace."""
    try:
        yield
    except AppError as error:
        typer.secho(f"chimera: {error.message}", fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from error

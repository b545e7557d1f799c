"""`chimera`: its commands, their flags and their help. The work is done in the file of the same name."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="chimera",
    help="One governed home for every AI model. Settings: CHIMERA_… in the environment, a TOML file, or flags.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Host = Annotated[str | None, typer.Option(help="Address to listen on. [CHIMERA_HOST, 127.0.0.1]", show_default=False)]
Port = Annotated[int | None, typer.Option(help="Port to listen on. [CHIMERA_PORT, 8000]", show_default=False)]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder of everything kept on disk. [CHIMERA_DATA_DIR, data]", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"chimera {version('chimera')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=lambda wanted: _print_version(wanted=wanted), is_eager=True)
    ] = False,
) -> None: ...


@app.command()
def serve(
    *,
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Serve the web app and the APIs, in the foreground, until told to stop."""
    from chimera.bootstrap.cli.serve import run_serve

    raise typer.Exit(run_serve({"host": host, "port": port, "data_dir": data_dir}, migrate_first=migrate))


@app.command()
def migrate(
    *,
    data_dir: DataDir = None,
    to: Annotated[str, typer.Option(help="A revision, `head` or `base`.")] = "head",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, with its SQL.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the database to a revision, under a lock."""
    from chimera.bootstrap.cli.migrate import run_migrate

    raise typer.Exit(run_migrate({"data_dir": data_dir}, to=to, dry_run=dry_run, as_json=as_json))

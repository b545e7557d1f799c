"""`chimera`: its commands, their flags and their help. The work is done in the file of the same name."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from chimera.bootstrap.cli import administering
from chimera.bootstrap.cli.options import DataDir, Json
from chimera.bootstrap.cli.serving.starting import start_small

app = typer.Typer(
    name="chimera",
    help="One governed home for every AI model. Settings: CHIMERA_… in the environment, a TOML file, or flags.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Host = Annotated[str | None, typer.Option(help="Address to listen on. [CHIMERA_HOST, 127.0.0.1]", show_default=False)]
Port = Annotated[int | None, typer.Option(help="Port to listen on. [CHIMERA_PORT, 8000]", show_default=False)]
Provider = Annotated[
    str | None, typer.Option(help="Only this provider, by name or kind.", metavar="NAME", show_default=False)
]


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"chimera {version('chimera')}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _print_version(wanted=wanted),
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
    no_color: Annotated[str, typer.Option(envvar="NO_COLOR", hidden=True)] = "",
) -> None:
    if no_color:
        # https://no-color.org: Rich obeys it by itself, the messages that Typer prints do not.
        context.color = False


@app.command()
def serve(
    *,
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Serve the web app and the APIs until told to stop."""
    start_small()
    from chimera.bootstrap.cli.serving.run import run_serve

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


@app.command()
def doctor(*, provider: Provider = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Check settings, database and providers; say what to do.

    Nothing is changed, so it can run beside a server. Exit code 0: all that is configured is well.
    """
    from chimera.bootstrap.cli.doctor.run import run_doctor

    raise typer.Exit(run_doctor({"data_dir": data_dir}, provider=provider, as_json=as_json))


@app.command()
def models(
    *,
    provider: Provider = None,
    compare: Annotated[bool, typer.Option("--compare", help="Say where what is known of them differs.")] = False,
    as_json: Json = False,
) -> None:
    """List all providers' models: windows, prices, abilities.

    A provider that cannot be asked is told on standard error, and does not keep the others from answering.
    """
    from chimera.bootstrap.cli.models import run_models

    raise typer.Exit(run_models(provider=provider, compare=compare, as_json=as_json))


@app.command()
def chat(
    prompt: Annotated[
        list[str] | None, typer.Argument(metavar="PROMPT", help="Ask this once. Without it: talk, or read a pipe.")
    ] = None,
    *,
    model: Annotated[
        str | None, typer.Option(help="Model to talk to; `chimera models` lists them.", metavar="NAME")
    ] = None,
    system: Annotated[str, typer.Option(help="Instructions for the model.", metavar="TEXT")] = "",
    url: Annotated[
        str | None, typer.Option(help="Ask the Chimera at this address instead of the providers.", metavar="URL")
    ] = None,
    key: Annotated[str | None, typer.Option(help="API key for --url; asked for when left out.", metavar="KEY")] = None,
) -> None:
    """Talk to a model in the terminal, or ask it once.

    The answer goes to standard output as it comes; model, tokens and errors go to standard error.
    """
    from chimera.bootstrap.cli.chat.run import Wishes, run_chat

    wishes = Wishes(prompt=" ".join(prompt or ()), model=model, system=system, url=url, key=key)
    raise typer.Exit(run_chat(wishes))


encryption = typer.Typer(help="Rotate the key that opens whatever is sealed.", no_args_is_help=True)
app.add_typer(encryption, name="encryption")


@encryption.command()
def rotate_root(
    *,
    new: Annotated[bool, typer.Option("--new", help="Make a new key in the data folder first.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Seal with the current root key what former ones sealed.

    Stop the servers first, or give all of them both keys. Exit code 0: former keys open nothing any more.
    """
    from chimera.bootstrap.cli.encryption import run_rotate_root

    raise typer.Exit(run_rotate_root({"data_dir": data_dir}, new=new, as_json=as_json))


app.add_typer(administering.tenant, name="tenant")
app.add_typer(administering.user, name="user")
app.add_typer(administering.key, name="key")
app.add_typer(administering.jobs, name="jobs")
app.add_typer(administering.conversations, name="conversations")
spend = typer.Typer(help="See whether the books add up, and what is held just now.", no_args_is_help=True)
app.add_typer(spend, name="spend")


@spend.command()
def reconcile(
    *,
    data_dir: DataDir = None,
    repair: Annotated[bool, typer.Option("--repair", help="Write counters anew from the ledger.")] = False,
    as_json: Json = False,
) -> None:
    """Prove that the books add up to the nano-dollar.

    Compares what every budget counts with the ledger, and looks for holds that nobody will settle. It can run beside
    servers. Exit code 0: all adds up.
    """
    from chimera.bootstrap.cli.spend import run_reconcile

    raise typer.Exit(run_reconcile({"data_dir": data_dir}, repair=repair, as_json=as_json))


@spend.command()
def holds(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """List what is held for calls under way."""
    from chimera.bootstrap.cli.spend import run_holds

    raise typer.Exit(run_holds({"data_dir": data_dir}, as_json=as_json))


@spend.command()
def adjust(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The id of an entry of the ledger.")],
    *,
    cost_usd: Annotated[str, typer.Option(help="What it cost in truth, such as 0.0125.", metavar="USD")],
    data_dir: DataDir = None,
) -> None:
    """Put right what an entry cost.

    The entry stays as it is; a further line says the difference.
    """
    from chimera.bootstrap.cli.spend import run_adjust

    raise typer.Exit(run_adjust({"data_dir": data_dir}, entry=entry, cost=cost_usd))


audit = typer.Typer(help="Prove that the trails of who did what were not changed.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command()
def verify(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this organisation's.", metavar="ID")] = None,
    from_export: Annotated[
        Path | None, typer.Option(help="Verify this file of /api/v1/audit/export instead of the database.")
    ] = None,
    checkpoints: Annotated[
        Path | None, typer.Option(help="Checkpoints that were kept elsewhere; only they prove the end.")
    ] = None,
    public_key: Annotated[
        list[str] | None, typer.Option(help="Believe checkpoints of this key alone.", metavar="HEX")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Name the first entry of each trail that is not as it was written, and what became of it.

    It can run beside servers, and with a file and a key without any. Exit code 0: all is as it was written.
    """
    from chimera.bootstrap.cli.audit import Asked, run_verify

    asked = Asked(tenant=tenant, export=from_export, checkpoints=checkpoints, public_keys=public_key or ())
    raise typer.Exit(run_verify({"data_dir": data_dir}, asked, as_json=as_json))

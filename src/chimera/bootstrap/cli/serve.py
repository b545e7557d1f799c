"""`chimera serve`: open the house, tell where it is, serve until told to stop."""

import gc
import socket
import sys
from collections.abc import Mapping
from contextlib import closing

import typer

from chimera.bootstrap import logging
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.house import House, open_house
from chimera.bootstrap.server import Server, address_of, bind, make_server, run, serve_and_drain
from chimera.bootstrap.settings import Settings, environment, load
from chimera.bootstrap.web import create_app
from chimera.store import connect
from chimera.store.errors import SchemaMismatchError, UnsafeDatabaseRoleError
from chimera.store.schema import check_schema


def run_serve(flags: Mapping[str, object], *, migrate_first: bool) -> int:
    with or_say_why():
        settings = load(flags=flags)
        logging.configure(settings)
        with closing(bind(settings)) as listening:
            if migrate_first and not run(_is_up_to_date(settings)):
                # Imported here: Alembic stays out of the memory of a server that need not migrate.
                from chimera.bootstrap.cli.migrate import bring_up_to_date

                run(bring_up_to_date(settings))
            run(_serve(settings, listening))
    return 0


async def _is_up_to_date(settings: Settings) -> bool:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        async with connect(settings.database) as database:
            await check_schema(database)
    except (SchemaMismatchError, UnsafeDatabaseRoleError):
        # The role as which the program should act is made by the migrations.
        return False
    return True


async def _serve(settings: Settings, listening: socket.socket) -> None:
    server: Server | None = None
    async with open_house(settings, environment()) as house:
        app = create_app(house, stopping=lambda: server is not None and server.should_exit)
        server = make_server(app, lambda: _welcome(house, address_of(listening)))
        _collect_seldom()
        await serve_and_drain(server, house.turns, listening)


def _collect_seldom() -> None:
    """Look for garbage cycles a tenth as often, and never among what lives as long as the server.

    At the default of 700 new objects the collector took a tenth of all CPU time; requests leave next to no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _welcome(house: House, address: str) -> None:
    lines = ["", typer.style(f"  Chimera is ready at {address}", fg=typer.colors.GREEN, bold=True), ""]
    if (made := house.first_run) is not None:
        lines += ["  Your sign-in, shown only this once:"]
        lines += [f"    e-mail    {_strong(made.email)}"]
        lines += [f"    password  {_strong(made.password) if made.password else '(the one you chose)'}"]
        lines += [f"    API key   {_strong(made.api_key) if made.api_key else '(the one you chose)'}", ""]
    lines += [f"  API   {address}/v1  (any OpenAI SDK)", f"  Docs  {address}/docs", ""]
    if set(house.gateway.kinds.values()) <= {"local", "ollama", "lmstudio"}:
        lines += ["  No provider is configured: a tiny demonstration model answers, often wrongly.", ""]
    lines += ["  `chimera doctor` asks every provider and says what to do. Ctrl+C stops the server.", ""]
    typer.echo("\n".join(lines))
    sys.stdout.flush()


def _strong(text: str) -> str:
    return typer.style(text, bold=True)

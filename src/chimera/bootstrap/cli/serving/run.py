"""Open the house, tell where it is, serve until told to stop."""

import asyncio
import socket
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context

from chimera.bootstrap import logging
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.serving.starting import collect_seldom, hand_over_soon
from chimera.bootstrap.cli.serving.welcome import welcome
from chimera.bootstrap.house import open_house
from chimera.bootstrap.places import prepare_data_folder
from chimera.bootstrap.server import Server, address_of, bind, make_server, run, serve_and_drain
from chimera.bootstrap.settings import Settings, compute_on_calling_threads, environment, load
from chimera.bootstrap.web import create_app
from chimera.store import connect
from chimera.store.errors import SchemaMismatchError, UnsafeDatabaseRoleError
from chimera.store.schema import check_schema


def run_serve(flags: Mapping[str, object], *, migrate_first: bool) -> int:
    with or_say_why():
        settings = load(flags=flags)
        logging.configure(settings)
        compute_on_calling_threads()
        with closing(bind(settings)) as listening:
            if migrate_first and not run(_is_up_to_date(settings)):
                _migrate_apart(settings)
            run(_serve(settings, listening))
    return 0


def _migrate_apart(settings: Settings) -> None:
    """Migrate in a process of its own: Alembic takes 20 MB, which a server would keep for good."""
    # Nothing runs here yet, so a copy of this process is safe, and a second sooner than a new one.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as apart:
        apart.submit(_migrate, settings).result()


def _migrate(settings: Settings) -> None:
    from chimera.bootstrap.cli.migrate import bring_up_to_date

    asyncio.run(bring_up_to_date(settings))


async def _is_up_to_date(settings: Settings) -> bool:
    prepare_data_folder(settings.data_dir)
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
        server = make_server(app, lambda: welcome(house, address_of(listening)))
        collect_seldom()
        hand_over_soon()
        leave_generators_alone()
        await serve_and_drain(server, house, listening)


def leave_generators_alone() -> None:
    """Let the event loop keep no list of the generators that were begun, for a stop that closes ours itself.

    Every stream is closed by whoever opened it; a dozen entries a call cost 20 us. One that is lost all the same is
    closed by the loop still, when it is collected.
    """
    sys.set_asyncgen_hooks(firstiter=None)

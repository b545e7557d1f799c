"""`chimera migrate`: the schema of the database, up or down."""

import asyncio
import json
from collections.abc import Mapping

import typer

from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.places import prepare_data_folder
from chimera.bootstrap.settings import Settings, load
from chimera.store.migrate import Migration, migrate, plan


def run_migrate(flags: Mapping[str, object], *, to: str, dry_run: bool, as_json: bool) -> int:
    with or_say_why():
        done = asyncio.run(bring_up_to_date(load(flags=flags), to=to, dry_run=dry_run))
        typer.echo(_as_json(done) if as_json else _in_words(done, dry_run=dry_run))
    return 0


async def bring_up_to_date(settings: Settings, *, to: str = "head", dry_run: bool = False) -> Migration:
    prepare_data_folder(settings.data_dir)
    return await (plan if dry_run else migrate)(settings.database, to=to)


def _as_json(done: Migration) -> str:
    return json.dumps({"current": done.current, "target": done.target, "steps": done.steps, "sql": done.sql})


def _in_words(done: Migration, *, dry_run: bool) -> str:
    if not done.steps:
        return f"The database is at {done.target or 'base'} already; there is nothing to do."
    verb = "Would run" if dry_run else "Ran"
    steps = "\n".join(f"  {step}" for step in done.steps)
    sql = f"\n\n{done.sql}" if done.sql else ""
    return f"{verb}, from {done.current or 'an empty database'} to {done.target or 'base'}:\n{steps}{sql}"

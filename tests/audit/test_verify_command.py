"""`chimera audit verify` as an operator types it, beside a server's database and with nothing but files."""

import json
import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path

from tests.audit.conftest import ROOT, House
from tests.bootstrap.terminal import typed

from chimera.adapters.checkpoint_sinks.file import FileSink
from chimera.audit.repository import Filter
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import connect


async def test_trails_are_proven_from_the_database_and_from_files(sqlite_url: str, tmp_path: Path) -> None:
    variables = {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_ROOT_KEY": b64encode(ROOT).decode()}
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    export, outside = tmp_path / "audit.jsonl", tmp_path / "checkpoints.jsonl"
    async with connect(sqlite_url) as database:
        house = House(database)
        await house.record(scope, *("=cmd()", "thing.2", "thing.3"))
        await house.checkpointer.look()
        for checkpoint in house.outside.kept:
            await FileSink(outside).keep(checkpoint)
        export.write_text("".join([part async for part in house.trail.export(scope, Filter(), "jsonl")]))
        sheet = "".join([part async for part in house.trail.export(scope, Filter(), "csv")])
    assert (sheet.count("\n"), "'=cmd()" in sheet) == (4, True)
    key = ("--public-key", house.notary.public_key)
    good = await typed("audit", "verify", "--checkpoints", str(outside), env=variables)
    assert (good.code, "3 entries, proven from outside up to 3" in good.out) == (0, True), good.out + good.err
    assert (await typed("audit", "verify", "--from-export", str(export), *key, env={})).code == 0
    foreign = await typed("audit", "verify", "--from-export", str(export), "--public-key", "ab" * 32, env={})
    assert (foreign.code, "checkpoint_forged" in foreign.out) == (1, True)

    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join([lines[0], lines[2], lines[3]]))
    told = await typed("audit", "verify", "--from-export", str(export), "--json", env={})
    assert (told.code, json.loads(told.out)[0]["finding"]["what"]) == (1, "removed")
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("DROP TRIGGER audit_entries_no_delete")
        connection.execute("DROP TRIGGER audit_checkpoints_no_delete")
        for table in ("audit_entries", "audit_checkpoints", "audit_chains"):
            connection.execute(f"DELETE FROM {table}")
        connection.commit()
    assert (await typed("audit", "verify", env=variables)).code == 0
    lost = await typed("audit", "verify", "--checkpoints", str(outside), env=variables)
    assert (lost.code, "entry 1: cut_off" in lost.out) == (1, True)
    export.write_text("no trail\n")
    wrong = await typed("audit", "verify", "--from-export", str(export), env={})
    assert (wrong.code, "Line 1" in wrong.err) == (1, True)

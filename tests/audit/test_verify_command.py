"""`chimera audit verify` as an operator types it, beside a server's database and with nothing but files."""

import json
import sqlite3
from base64 import b64encode
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.audit.conftest import ROOT, House
from tests.bootstrap.terminal import typed

from chimera.adapters.checkpoint_sinks.file import FileSink
from chimera.audit.checkpoints import Notary
from chimera.audit.repository import NO_ORGANISATION, AllCheckpoints, Filter
from chimera.audit.succession import keys_of_the_house, vouch
from chimera.audit.tables import AuditCheckpointRow
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, connect


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


async def test_what_was_signed_before_the_root_key_was_changed_goes_on_proving(sqlite_url: str) -> None:
    roots = [b64encode(bytes([number] * 32)).decode() for number in range(4)]
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    async with connect(sqlite_url) as database:
        house = House(database)
        await house.record(scope, "thing.1", "thing.2")
        await replace(house.checkpointer, notary=Notary(root=bytes(32))).look()

    def variables(now: int, *former: int) -> dict[str, str]:
        given = {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_ROOT_KEY": roots[now]}
        return given | ({"CHIMERA_FORMER_ROOT_KEYS": " ".join(roots[one] for one in former)} if former else {})

    assert (await typed("audit", "verify", env=variables(1))).code == 1, "nobody has vouched for the first key"
    for now in (1, 2):
        done = await typed("encryption", "rotate-root", env=variables(now, now - 1))
        assert done.code == 0, done.out + done.err
        good = await typed("audit", "verify", env=variables(now))
        assert (good.code, "2 entries" in good.out) == (0, True), good.out + good.err
    foreign = await typed("audit", "verify", env=variables(3))
    assert (foreign.code, "checkpoint_forged" in foreign.out) == (1, True)


async def test_nobody_but_a_key_of_the_house_vouches_for_another(house: House, database: Database) -> None:
    stranger, former = (Notary(root=bytes([number] * 32)) for number in (7, 8))
    await vouch(database, stranger, [former], utc_now())
    assert await keys_of_the_house(database, house.notary) == [house.notary.public_key]
    text = json.dumps({"public_key": house.notary.public_key, "follows": stranger.public_key})
    row = AuditCheckpointRow(
        tenant_id=NO_ORGANISATION,
        number=2,
        text=text,
        key_name=house.notary.public_key,
        signature=stranger.signature_of(text),
    )
    async with database.system_transaction() as tx:
        await AllCheckpoints(tx).add(row)
    assert await keys_of_the_house(database, house.notary) == [house.notary.public_key]
    await vouch(database, house.notary, [stranger], utc_now())
    known = [one.public_key for one in (house.notary, stranger, former)]
    assert await keys_of_the_house(database, house.notary) == known, "and for whom that one vouched"
    await vouch(database, house.notary, [stranger], utc_now())
    async with database.system_reading() as tx:
        assert len(await AllCheckpoints(tx).successions()) == 3, "once is enough"

"""Whoever owns the database edits, removes, moves and cuts: the first bad entry is named, and what happened to it."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace as altered
from tests.audit.conftest import ROOT, House, Superuser

from chimera.audit.chain import Entry, hash_of
from chimera.audit.checkpoints import Notary
from chimera.audit.repository import Entries
from chimera.kit.scope import Scope

MADE = 12
CHECKED = 10


async def entries_of(house: House, scope: Scope) -> Sequence[Entry]:
    async with house.database.reading(scope) as tx:
        return [entry async for entry in Entries(tx, scope).all_after(0)]


async def written(house: House, scope: Scope) -> None:
    """Twelve entries; the first ten under a checkpoint, which left the database."""
    await house.record(scope, *(f"thing.{number}" for number in range(1, CHECKED + 1)))
    await house.checkpointer.look()
    await house.record(scope, *(f"thing.{number}" for number in range(CHECKED + 1, MADE + 1)))


def swap(one: int, other: int) -> list[str]:
    return [
        f"UPDATE audit_entries SET number = -1 WHERE number = {one}",
        f"UPDATE audit_entries SET number = {one} WHERE number = {other}",
        f"UPDATE audit_entries SET number = {other} WHERE number = -1",
    ]


def cut(after: int, *, with_checkpoints: bool = True) -> list[str]:
    checkpoints = ["DELETE FROM audit_checkpoints"] if with_checkpoints else []
    return [f"DELETE FROM audit_entries WHERE number > {after}", *checkpoints]


CASES = [
    (["UPDATE audit_entries SET act = 'thing.else' WHERE number = 4"], "changed", 4),
    (["UPDATE audit_entries SET outcome = 'refused' WHERE number = 1"], "changed", 1),
    (["UPDATE audit_entries SET details = '{\"a\":1}' WHERE number = 12"], "changed", 12),
    (["UPDATE audit_entries SET actor_id = NULL WHERE number = 7"], "changed", 7),
    (["UPDATE audit_entries SET hash = 'beef' WHERE number = 5"], "changed", 5),
    (["UPDATE audit_entries SET previous_hash = '' WHERE number = 6"], "changed", 6),
    (["DELETE FROM audit_entries WHERE number = 1"], "removed", 1),
    (["DELETE FROM audit_entries WHERE number = 6"], "removed", 6),
    (["DELETE FROM audit_entries WHERE number BETWEEN 3 AND 8"], "removed", 3),
    (swap(4, 5), "reordered", 4),
    (swap(1, 12), "reordered", 1),
    ([*swap(3, 6), *swap(6, 9)], "reordered", 3),
    (cut(11), "cut_off", 12),
    (cut(6), "cut_off", 7),
    (cut(0), "cut_off", 1),
    (cut(8, with_checkpoints=False), "cut_off", 9),
    (["UPDATE audit_chains SET number = 11"], "inserted", 12),
    (["UPDATE audit_chains SET hash = 'beef'"], "head_rewritten", 12),
    (["DELETE FROM audit_chains"], "inserted", 1),
    (["DELETE FROM audit_checkpoints", "UPDATE audit_chains SET number = 20"], "cut_off", 13),
    (["UPDATE audit_checkpoints SET signature = 'beef'"], "checkpoint_forged", 10),
]


@pytest.mark.parametrize(("statements", "what", "number"), CASES, ids=lambda case: str(case)[:60])
async def test_the_first_bad_entry_is_named_with_what_happened(
    house: House, superuser: Superuser, scope: Scope, statements: list[str], what: str, number: int
) -> None:
    await written(house, scope)
    assert (await house.verified(scope, outside=house.outside.kept)).finding is None
    await superuser.execute(*statements)
    finding = (await house.verified(scope, outside=house.outside.kept)).finding
    assert finding is not None
    assert (finding.what, finding.number) == (what, number)


async def test_a_cut_with_everything_in_the_database_put_right_is_told_by_a_checkpoint_from_outside_alone(
    house: House, superuser: Superuser, scope: Scope
) -> None:
    await written(house, scope)
    kept = await entries_of(house, scope)
    head = f"UPDATE audit_chains SET number = 9, hash = '{kept[8].hash}'"
    await superuser.execute(*cut(9), head)
    assert (await house.verified(scope)).finding is None
    told = await house.verified(scope, outside=house.outside.kept)
    assert told.finding is not None
    assert (told.finding.what, told.finding.number, told.proven) == ("cut_off", 10, 0)


def forged(entries: Sequence[Entry], at: int, how: Callable[[Entry], Entry], *, rest: bool) -> list[str]:
    """Change one entry and make its hash anew; with the rest also all hashes after it, and the head."""
    statements, previous = [], entries[at - 2].hash if at > 1 else ""
    for entry in entries[at - 1 :]:
        made = altered(how(entry) if entry.number == at else entry, previous_hash=previous)
        previous = hash_of(made)
        values = f"act = '{made.act}', previous_hash = '{made.previous_hash}', hash = '{previous}'"
        statements.append(f"UPDATE audit_entries SET {values} WHERE number = {entry.number}")
        if not rest:
            return statements
    return [*statements, f"UPDATE audit_chains SET hash = '{previous}'"]


async def test_an_entry_that_was_changed_with_its_hash_is_named(
    house: House, superuser: Superuser, scope: Scope
) -> None:
    await written(house, scope)
    entries = await entries_of(house, scope)
    await superuser.execute(*forged(entries, 5, lambda one: altered(one, act="thing.else"), rest=False))
    finding = (await house.verified(scope)).finding
    assert finding is not None
    assert (finding.what, finding.number) == ("changed", 5)


async def test_a_chain_that_was_made_anew_is_not_the_one_that_was_signed(
    house: House, superuser: Superuser, scope: Scope
) -> None:
    await written(house, scope)
    entries = await entries_of(house, scope)
    statements = forged(entries, 5, lambda one: altered(one, act="thing.else"), rest=True)
    await superuser.execute(*statements, "DELETE FROM audit_checkpoints")
    assert (await house.verified(scope)).finding is None
    finding = (await house.verified(scope, outside=house.outside.kept)).finding
    assert finding is not None
    assert (finding.what, finding.number) == ("rewritten", 1)


async def test_an_entry_that_was_put_in_between_is_named(house: House, superuser: Superuser, scope: Scope) -> None:
    await written(house, scope)
    entries = await entries_of(house, scope)
    extra = altered(entries[3], id=UUID(int=7), number=5, act="thing.invented", previous_hash=entries[3].hash)
    shift = [f"UPDATE audit_entries SET number = {n + 1} WHERE number = {n}" for n in range(MADE, 4, -1)]
    values = (
        f"SELECT tenant_id, '{UUID(int=7).hex if superuser.server is None else UUID(int=7)}', created_at, 5, actor_id, "
        f"key_id, 'thing.invented', outcome, target_kind, target_id, address, request_id, details, "
        f"'{entries[3].hash}', '{hash_of(extra)}' FROM audit_entries WHERE number = 4"
    )
    await superuser.execute(*shift, f"INSERT INTO audit_entries {values}")
    finding = (await house.verified(scope)).finding
    assert finding is not None
    assert (finding.what, finding.number) == ("inserted", 5)


async def test_a_checkpoint_of_another_key_proves_nothing(house: House, scope: Scope) -> None:
    await written(house, scope)
    stranger = Notary(root=bytes(reversed(ROOT)))
    (mine,) = house.outside.kept
    theirs = replace(mine, public_key=stranger.public_key)
    for forged_one in (theirs, replace(mine, text=mine.text.replace('"number":10', '"number":11'), number=11)):
        finding = (await house.verified(scope, outside=[forged_one])).finding
        assert finding is not None
        assert finding.what == "checkpoint_forged"


async def test_another_organisations_trail_is_none_of_its_business(
    house: House, superuser: Superuser, scope: Scope
) -> None:
    other = replace(scope, tenant_id=UUID(int=5))
    await written(house, scope)
    await house.record(other, "thing.1", "thing.2")
    await superuser.execute("UPDATE audit_entries SET act = 'x' WHERE act = 'thing.4'")
    assert (await house.verified(other)).finding is None
    assert (await house.verified(scope)).finding is not None


async def test_even_a_superuser_is_refused_while_the_triggers_stand(
    house: House, superuser: Superuser, scope: Scope
) -> None:
    await written(house, scope)
    for statement in ("UPDATE audit_entries SET act = 'x'", "DELETE FROM audit_checkpoints"):
        if superuser.server is not None:
            for before in ("SELECT 1", "SET session_replication_role = replica"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await superuser.server.execute(f"{before}; {statement}", database=superuser.name)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await superuser.server.execute("TRUNCATE audit_entries", database=superuser.name)
        else:
            with closing(sqlite3.connect(superuser.name)) as connection, pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    assert (await house.verified(scope)).finding is None

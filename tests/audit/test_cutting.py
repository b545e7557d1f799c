"""The beginning of a trail goes when it is too old: below a checkpoint, with a signed word that it did, and no more."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from tests.audit.conftest import House, Superuser

from chimera.audit.chain import End
from chimera.audit.checkpoints import Notary
from chimera.audit.cutting import Cutter
from chimera.audit.exporting import read
from chimera.audit.proving import Outside, prove_export
from chimera.audit.repository import Cuts, Entries, Filter
from chimera.audit.tables import AuditCutRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Unwritten

LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def cutter(house: House) -> Cutter:
    return Cutter(database=house.database, notary=house.notary, sinks=[house.outside], trail=Unwritten(), lot=3)


async def written(house: House, scope: Scope, *, checked: int, more: int) -> None:
    await house.record(scope, *(f"thing.{number}" for number in range(checked)))
    await house.checkpointer.look()
    await house.record(scope, *(f"thing.{number}" for number in range(more)))


async def numbers(house: House, scope: Scope) -> list[int]:
    async with house.database.reading(scope) as tx:
        return [entry.number async for entry in Entries(tx, scope).all_after(0)]


async def test_what_is_old_goes_up_to_the_checkpoint_and_what_is_left_is_proven(
    house: House, scope: Scope, cutter: Cutter, superuser: Superuser
) -> None:
    await written(house, scope, checked=8, more=2)
    assert await cutter.cut(scope, utc_now() - timedelta(days=1)) == 0
    assert (await cutter.count(scope, LATER), await cutter.cut(scope, LATER)) == (10, 8)
    assert await numbers(house, scope) == [9, 10]
    verdict = await house.verified(scope, outside=house.outside.kept)
    assert (verdict.finding, verdict.end.number, verdict.proven) == (None, 10, 8)
    assert [one.number for one in house.outside.kept if one.removed] == [8]
    await house.record(scope, "thing.more")
    await house.checkpointer.look()
    assert await cutter.cut(scope, LATER) == 3
    assert await cutter.cut(scope, LATER) == 0
    await house.record(scope, "thing.new")
    assert (await house.verified(scope)).finding is None
    lines = "".join([part async for part in house.trail.export(scope, Filter(), "jsonl")]).splitlines()
    entries, checkpoints = read(lines)
    (verdict,) = await prove_export(entries, checkpoints, Outside(keys=[house.notary.public_key]))
    assert (verdict.finding, verdict.end.number) == (None, 12)
    await superuser.execute("DELETE FROM audit_entries WHERE number = 12")
    assert (found := (await house.verified(scope)).finding)
    assert (found.what, found.number) == ("cut_off", 12)


async def test_more_than_was_let_go_is_missed_and_a_forged_word_is_none(
    house: House, scope: Scope, cutter: Cutter, superuser: Superuser
) -> None:
    await written(house, scope, checked=6, more=0)
    await cutter.cut(scope, LATER)
    await house.record(scope, "thing.a", "thing.b", "thing.c")
    await superuser.execute("DELETE FROM audit_entries WHERE number = 7")
    found = (await house.verified(scope)).finding
    assert found is not None
    assert (found.what, found.number) == ("removed", 7)
    async with house.database.reading(scope) as tx:
        entry = (await Entries(tx, scope).after(0))[0]
    pretender = Notary(root=b"another root key, of 32 bytes ..")
    forged = pretender.cut(scope.tenant_id, End(7, entry.previous_hash), utc_now())
    async with house.database.transaction(scope) as tx:
        row = AuditCutRow(
            number=7, hash=forged.hash, text=forged.text, key_name=forged.public_key, signature=forged.signature
        )
        await Cuts(tx, scope).add(row)
    found = (await house.verified(scope)).finding
    assert found is not None
    assert (found.what, found.number) == ("removed", 7)


async def test_the_program_itself_removes_nothing_else(house: House, scope: Scope, cutter: Cutter) -> None:
    await written(house, scope, checked=4, more=3)
    await cutter.cut(scope, LATER)
    with pytest.raises(DBAPIError):
        async with house.database.transaction(scope) as tx:
            await Entries(tx, scope).remove_up_to(5)
    assert await numbers(house, scope) == [5, 6, 7]


async def test_a_chain_that_was_changed_is_kept_as_evidence(
    house: House, scope: Scope, cutter: Cutter, superuser: Superuser
) -> None:
    await written(house, scope, checked=6, more=0)
    await superuser.execute("UPDATE audit_entries SET act = 'thing.else' WHERE number = 5")
    assert await cutter.cut(scope, LATER) == 3, "the lot before it, and no more"
    assert await numbers(house, scope) == [4, 5, 6]
    found = (await house.verified(scope)).finding
    assert found is not None
    assert (found.what, found.number) == ("changed", 5)

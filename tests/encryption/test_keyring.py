"""Each organisation has a key of its own, made once, believed for seconds, rotated and destroyed everywhere."""

import asyncio

import pytest
from sqlalchemy import event

from chimera.crypto.envelope import key_id_of
from chimera.crypto.receipts import is_genuine
from chimera.crypto.root import Roots, RootSealer
from chimera.crypto.sealing import UnsealableError
from chimera.encryption.errors import NotConfirmedError, RootKeyWrongError
from chimera.encryption.keyring import RECHECK_S
from chimera.encryption.repository import KeptSecrets
from chimera.encryption.root_keys import admit
from chimera.encryption.tables import TenantSecretRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.privacy.repository import KeptHolds
from chimera.privacy.tables import LegalHoldRow
from chimera.store import Database
from chimera.store.errors import UnderLegalHoldError
from chimera.tenancy.errors import PermissionDeniedError
from tests.encryption.house import FIRST, NAME, SECOND, Replica, organisation

SECRET = b"what nobody else may read"


async def keep(replica: Replica, scope: Scope, sealed: bytes, name: str = "a") -> None:
    async with replica.database.transaction(scope) as tx:
        await KeptSecrets(tx, scope).add(TenantSecretRow(name=name, sealed=sealed))


async def kept(replica: Replica, scope: Scope, name: str = "a") -> bytes:
    async with replica.database.reading(scope) as tx:
        row = await KeptSecrets(tx, scope).named(name)
    assert row is not None
    return row.sealed


async def test_what_one_replica_sealed_another_opens(replica: Replica, scope: Scope) -> None:
    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    assert SECRET not in sealed
    assert await Replica(replica.database).keyring.open(scope.tenant_id, sealed, purpose="p") == SECRET


async def test_replicas_that_seal_first_at_the_same_moment_make_one_key(replica: Replica, scope: Scope) -> None:
    replicas = [replica, *(Replica(replica.database) for _ in range(4))]
    sealed = await asyncio.gather(
        *(one.keyring.seal(scope.tenant_id, SECRET, purpose="p") for one in replicas for _ in range(3))
    )
    assert len({key_id_of(one) for one in sealed}) == 1
    assert len(await replica.encryption.keys(scope)) == 1


async def test_nothing_opens_for_another_organisation_or_purpose(replica: Replica, scope: Scope) -> None:
    others = await organisation(replica.database)
    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    await replica.keyring.seal(others.tenant_id, SECRET, purpose="p")
    for tenant_id, purpose in ((others.tenant_id, "p"), (scope.tenant_id, "q"), (None, "p")):
        with pytest.raises(UnsealableError):
            await replica.keyring.open(tenant_id, sealed, purpose=purpose)


async def test_whoever_holds_a_transaction_seals_and_opens_too(replica: Replica, scope: Scope) -> None:
    async with replica.database.transaction(scope):
        early = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
        assert await replica.keyring.open(scope.tenant_id, early, purpose="p") == SECRET
    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    replica.keyring.forget(scope.tenant_id)
    async with replica.database.transaction(scope):
        assert await replica.keyring.open(scope.tenant_id, sealed, purpose="p") == SECRET
        assert key_id_of(await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")) == key_id_of(sealed)


async def test_after_a_rotation_old_values_open_and_are_sealed_anew(replica: Replica, scope: Scope) -> None:
    for name in "abcde":
        await keep(replica, scope, await replica.keyring.seal(scope.tenant_id, SECRET, purpose="tenant_secret"), name)
    before = await kept(replica, scope)
    rows, resealed = await replica.encryption.rotate(scope)
    assert ([row.version for row in rows], rows[0].retired_at is None) == ([1, 2], False)
    assert (resealed.values, resealed.unopened) == (5, 0)
    assert await replica.keyring.open(scope.tenant_id, before, purpose="tenant_secret") == SECRET
    for name in "abcde":
        after = await kept(replica, scope, name)
        assert key_id_of(after) == rows[1].id
        assert await replica.keyring.open(scope.tenant_id, after, purpose="tenant_secret") == SECRET
    assert (await replica.resealing.run()).values == 0


async def test_a_round_moves_what_the_root_key_sealed_to_the_key_of_the_organisation(
    replica: Replica, scope: Scope
) -> None:
    await keep(replica, scope, await replica.roots.seal(scope.tenant_id, SECRET, purpose="tenant_secret"))
    rows, resealed = await replica.encryption.rotate(scope)
    assert (resealed.values, key_id_of(await kept(replica, scope))) == (1, rows[-1].id)


async def test_destroyed_keys_open_nothing_here_at_once_and_elsewhere_within_seconds(
    replica: Replica, scope: Scope
) -> None:
    elsewhere = Replica(replica.database)
    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="tenant_secret")
    await keep(replica, scope, await replica.roots.seal(scope.tenant_id, SECRET, purpose="tenant_secret"), "by root")
    assert await elsewhere.keyring.open(scope.tenant_id, sealed, purpose="tenant_secret") == SECRET
    async with replica.database.transaction(scope) as tx:
        held = await KeptHolds(tx, scope).add(LegalHoldRow(user_id=None, reason="Case 1", created_by=scope.actor_id))
    with pytest.raises(UnderLegalHoldError, match=str(held.id)):
        await replica.encryption.shred(scope, organisation=NAME)
    assert await replica.keyring.open(scope.tenant_id, sealed, purpose="tenant_secret") == SECRET
    async with replica.database.transaction(scope) as tx:
        assert await KeptHolds(tx, scope).release(held.id, replica.clock())
    receipt = await replica.encryption.shred(scope, organisation=NAME)
    assert is_genuine(receipt)
    assert str(scope.tenant_id) in receipt.text
    assert (await replica.encryption.keys(scope))[0].wrapped is None
    elsewhere.seconds += RECHECK_S
    for one in (replica, elsewhere):
        for value in (sealed, await kept(replica, scope, "by root")):
            with pytest.raises(UnsealableError):
                await one.keyring.open(scope.tenant_id, value, purpose="tenant_secret")
    assert (await replica.resealing.run(scope.tenant_id)).unopened == 1
    again = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    assert await elsewhere.keyring.open(scope.tenant_id, again, purpose="p") == SECRET


async def test_the_round_of_a_replica_learns_of_a_destruction_by_itself(replica: Replica, scope: Scope) -> None:
    elsewhere = Replica(replica.database)
    sealed = await elsewhere.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    await replica.encryption.shred(scope, organisation=NAME)
    await elsewhere.keyring.renew()
    with pytest.raises(UnsealableError):
        await elsewhere.keyring.open(scope.tenant_id, sealed, purpose="p")


async def test_keys_that_nobody_uses_are_asked_for_no_more(replica: Replica, scope: Scope) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    event.listen(replica.database.reader.sync_engine, "before_cursor_execute", note)
    try:
        await replica.keyring.renew()
        assert [one for one in asked if "data_keys" in one]
        asked.clear()
        replica.seconds += 31
        await replica.keyring.renew()
        assert asked == []
    finally:
        event.remove(replica.database.reader.sync_engine, "before_cursor_execute", note)
    assert await replica.keyring.open(scope.tenant_id, sealed, purpose="p") == SECRET


async def test_keys_are_destroyed_only_by_those_who_may_and_who_typed_the_name(replica: Replica, scope: Scope) -> None:
    with pytest.raises(NotConfirmedError):
        await replica.encryption.shred(scope, organisation="Somebody")
    member = Scope(tenant_id=scope.tenant_id, actor_id=new_id(), permissions=frozenset({"chat"}))
    for act in (
        replica.encryption.keys(member),
        replica.encryption.rotate(member),
        replica.encryption.shred(member, organisation=NAME),
    ):
        with pytest.raises(PermissionDeniedError):
            await act


async def test_another_root_key_is_noticed_before_anything_is_served(database: Database) -> None:
    await admit(database, Roots(current=FIRST))
    await admit(database, Roots(current=FIRST))
    with pytest.raises(RootKeyWrongError):
        await admit(database, Roots(current=SECOND))
    await admit(database, Roots(current=SECOND, former=(FIRST,)))
    with pytest.raises(RootKeyWrongError):
        await admit(database, Roots(current=FIRST))
    with pytest.raises(RootKeyWrongError):
        await admit(database, Roots(current=RootSealer(root=b"3" * 32), former=(SECOND,)))


async def test_of_servers_that_begin_at_once_with_different_root_keys_not_all_go_on(database: Database) -> None:
    given = [Roots(current=RootSealer(root=bytes([number]) * 32)) for number in range(4)]
    outcomes = await asyncio.gather(*(admit(database, roots) for roots in given), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) <= 1
    assert all(outcome is None or isinstance(outcome, RootKeyWrongError) for outcome in outcomes)


async def test_the_root_key_is_rotated_with_all_that_it_wraps(replica: Replica, scope: Scope) -> None:
    sealed = await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    after = Replica(replica.database, Roots(current=SECOND, former=(FIRST,)))
    assert await after.keyring.open(scope.tenant_id, sealed, purpose="p") == SECRET
    assert (await after.resealing.run()).keys == 1
    alone = Replica(replica.database, Roots(current=SECOND))
    assert await alone.keyring.open(scope.tenant_id, sealed, purpose="p") == SECRET
    with pytest.raises(UnsealableError):
        await Replica(replica.database).keyring.open(scope.tenant_id, sealed, purpose="p")


async def test_no_key_is_shown_by_what_is_printed(replica: Replica, scope: Scope) -> None:
    await replica.keyring.seal(scope.tenant_id, SECRET, purpose="p")
    (ring,) = replica.keyring._known.values()
    shown = f"{replica.keyring!r} {ring!r} {replica.roots!r}"
    assert not any(repr(key) in shown for key in (*ring.keys.values(), FIRST.root))

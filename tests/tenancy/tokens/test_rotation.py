"""Keys that sign change while servers are in use, and no token that is good is refused."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from tests.tenancy.house import KEY
from tests.tenancy.tokens.conftest import Replica, replica_of

from chimera.crypto.root import RootSealer
from chimera.tenancy.tokens.repository import SigningKeyRows
from chimera.tenancy.tokens.signing import PERIOD, PUBLISHED_AFTER, PUBLISHED_BEFORE, SigningKeys
from chimera.tenancy.tokens.verifying import peeked

TEN_MINUTES = timedelta(minutes=10)


def kid_of(token: str) -> str:
    return str(peeked(token.encode()).header["kid"])


async def published(replica: Replica) -> list[str]:
    async with replica.client() as client:
        answer = await client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "d" not in {name for key in answer.json()["keys"] for name in key}, "no private half"
    return [key["kid"] for key in answer.json()["keys"]]


async def test_a_change_of_keys_under_load_refuses_no_call(replica: Replica, another: Callable[[], Replica]) -> None:
    servers, clock = (replica, another()), replica.house.clock
    first, _ = await replica.keys.signer()
    clock.pass_by(first.signs_until - timedelta(hours=2) - clock.now())
    await asyncio.gather(*(server.keys.turn() for server in servers))
    tokens: list[str] = []
    for step in range(30):  # two hours before the change to three after it
        await servers[0].keys.turn()
        if step % 3 == 0:  # a server that is slow to learn
            await servers[1].keys.turn()
        tokens = [*tokens[-1:], (await servers[step % 2].begin())["access_token"]]
        for token in tokens:
            assert [await server.status(token) for server in servers] == [200, 200]
            assert all([kid_of(token) in await published(server) for server in servers])
        clock.pass_by(TEN_MINUTES)
    assert kid_of(tokens[-1]) != first.kid


async def test_a_key_is_published_before_it_signs_and_after_what_it_signed(replica: Replica) -> None:
    clock = replica.house.clock
    first, _ = await replica.keys.signer()
    clock.pass_by(first.signs_until - PUBLISHED_BEFORE - timedelta(seconds=1) - clock.now())
    await replica.keys.turn()
    assert await published(replica) == [first.kid]
    clock.pass_by(timedelta(seconds=1))
    await replica.keys.turn()
    before = await published(replica)
    assert len(before) == 2
    assert (await replica.keys.signer())[0].kid == first.kid
    clock.pass_by(PUBLISHED_BEFORE)
    assert (await replica.keys.signer())[0].kid == before[1]
    clock.pass_by(PUBLISHED_AFTER - timedelta(seconds=1))
    await replica.keys.turn()
    assert first.kid in await published(replica)
    clock.pass_by(timedelta(seconds=1))
    await replica.keys.turn()
    assert await published(replica) == [before[1]]


async def test_replicas_that_start_at_once_share_their_first_key(replica: Replica) -> None:
    others = [replica_of(replica.house) for _ in range(3)]
    signers = await asyncio.gather(*(each.keys.signer() for each in [replica, *others]))
    assert len({key.kid for key, _ in signers}) == 1
    tokens = [(await each.begin())["access_token"] for each in others]
    assert [await replica.status(token) for token in tokens] == [200] * 3


async def test_the_first_key_of_all_is_found_at_once_by_a_server_that_looked_before(replica: Replica) -> None:
    other = replica_of(replica.house)
    assert await other.keys.named("made-up") is None
    assert await other.status((await replica.begin())["access_token"]) == 200


async def test_a_server_that_slept_for_months_signs_with_a_key_of_now(replica: Replica) -> None:
    await replica.begin()
    replica.house.clock.pass_by(5 * PERIOD)
    assert await replica.status((await replica.begin())["access_token"]) == 200


async def test_private_keys_are_sealed(replica: Replica) -> None:
    _, private = await replica.keys.signer()
    async with replica.house.database.system_reading() as tx:
        row = (await tx.scalars(SigningKeyRows(tx).every())).one()
    assert private.as_dict(private=True)["d"].encode() not in row.private_key
    assert "d" not in row.public_key
    assert json.dumps(row.public_key)
    assert row.private_key.hex() not in repr(await replica.keys.named(row.kid))


async def test_rsa_on_wish_and_what_was_signed_before_stays_good(replica: Replica) -> None:
    made, clock = await replica.begin(), replica.house.clock
    rsa = SigningKeys(replica.house.database, RootSealer(root=b"r" * 32), algorithm="RS256", now=clock.now)
    await rsa.turn()
    key, _ = await rsa.signer()
    assert key.algorithm == "RS256"
    other = replica_of(replica.house)
    object.__setattr__(other.tokens, "keys", rsa)
    async with other.client(**{"x-api-key": KEY}) as client:
        token = (await client.post("/api/v1/token", json={})).json()["access_token"]
    assert kid_of(token) == key.kid
    assert await other.status(token) == 200
    assert await other.status(made["access_token"]) == 200

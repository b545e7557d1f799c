"""API keys over HTTP: shown once, listed without their secret, revoked for good."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tenancy.house import KEY, House

from chimera.tenancy.credentials import hashed, is_mistyped, new_api_key, shown_prefix
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.keys.repository import AllApiKeys

BEARER = {"authorization": f"Bearer {KEY}"}


async def test_a_key_is_shown_once_and_works(house: House) -> None:
    async with house.client(**BEARER) as client:
        made = await client.post("/api/v1/keys", json={"name": " Nightly report ", "permissions": ["chat"]})
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        secret = made.json()["key"]
        listed = await client.get("/api/v1/keys")
        assert secret not in listed.text
        entry = next(key for key in listed.json()["data"] if key["id"] == made.json()["id"])
        assert (entry["name"], entry["permissions"]) == ("Nightly report", ["chat"])
        assert secret.startswith(entry["prefix"])
        assert len(entry["prefix"]) == 11
    async with house.client(authorization=f"Bearer {secret}") as client:
        assert (await client.get("/whoami")).json()["may"] == ["chat"]


async def test_only_its_hash_is_kept(house: House) -> None:
    async with house.client(**BEARER) as client:
        secret = (await client.post("/api/v1/keys", json={"name": "new"})).json()["key"]
    async with house.database.system_reading() as tx:
        rows = list(await tx.scalars(AllApiKeys(tx).every()))
    assert secret not in str([vars(row) for row in rows])
    assert hashed(secret.encode()) in {row.secret_hash for row in rows}


async def test_a_revoked_key_is_dead_at_once_and_gone_from_the_list(house: House) -> None:
    async with house.client(**BEARER) as client:
        made = (await client.post("/api/v1/keys", json={"name": "new"})).json()
        async with house.client(authorization=f"Bearer {made['key']}") as other:
            assert (await other.get("/whoami")).status_code == 200
            assert (await client.delete(f"/api/v1/keys/{made['id']}")).status_code == 204
            assert (await other.get("/whoami")).status_code == 401
        assert [key["name"] for key in (await client.get("/api/v1/keys")).json()["data"]] == ["First key"]
        again = await client.delete(f"/api/v1/keys/{made['id']}")
        assert (again.status_code, again.json()["code"]) == (404, "api_key_not_found")


async def test_a_key_expires(house: House) -> None:
    expiry = (house.clock.now() + timedelta(hours=1)).isoformat()
    async with house.client(**BEARER) as client:
        made = (await client.post("/api/v1/keys", json={"name": "new", "expires_at": expiry})).json()
    async with house.client(authorization=f"Bearer {made['key']}") as other:
        assert (await other.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(hours=1))
        assert (await other.get("/whoami")).status_code == 401


async def test_another_tenants_key_does_not_exist(house: House) -> None:
    async with house.client(**BEARER) as client:
        mine = (await client.get("/api/v1/keys")).json()["data"][0]["id"]
    theirs = await house.keys.create(await house.another_tenant(), KeyTerms(name="theirs"))
    async with house.client(authorization=f"Bearer {theirs.secret}") as other:
        assert [key["name"] for key in (await other.get("/api/v1/keys")).json()["data"]] == ["theirs"]
        refused = await other.delete(f"/api/v1/keys/{mine}")
        assert (refused.status_code, refused.json()["code"]) == (404, "api_key_not_found")
    async with house.client(**BEARER) as client:
        assert (await client.get("/whoami")).status_code == 200


async def test_a_key_gives_no_more_than_it_has(house: House) -> None:
    async with house.client(**BEARER) as client:
        lesser = await client.post("/api/v1/keys", json={"name": "lesser", "permissions": ["keys:manage", "chat"]})
        none = await client.post("/api/v1/keys", json={"name": "none", "permissions": ["chat"]})
    async with house.client(**{"x-api-key": lesser.json()["key"]}) as client:
        inherited = await client.post("/api/v1/keys", json={"name": "a"})
        assert inherited.json()["permissions"] == ["chat", "keys:manage", "keys:own"]
        refused = await client.post("/api/v1/keys", json={"name": "a", "permissions": ["admin"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    async with house.client(**{"x-api-key": none.json()["key"]}) as client:
        for answer in (
            await client.get("/api/v1/keys"),
            await client.post("/api/v1/keys", json={"name": "a"}),
            await client.delete(f"/api/v1/keys/{uuid4()}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "nul\x00"}, 422),
        ({"name": "n" * 101}, 422),
        ({"name": "a", "tenant_id": "01a1fa3f-f9aa-7fdd-a4c4-6338f79aa0eb"}, 422),
        ({"name": "a", "user_id": None, "id": "01a1fa3f-f9aa-7fdd-a4c4-6338f79aa0eb"}, 422),
        ({"name": "a", "made_by_key": None}, 422),
        ({"name": "a", "created_at": "2026-01-01T00:00:00Z"}, 422),
        ({"name": "a", "permissions": ["everything"]}, 400),
        ({"name": "a", "models": []}, 422),
        ({"name": "a", "models": ["open*ai"]}, 422),
        ({"name": "a", "models": ["x" * 201]}, 422),
        ({"name": "a", "models": ["m"] * 101}, 422),
        ({"name": "a", "networks": []}, 422),
        ({"name": "a", "networks": ["everywhere"]}, 422),
        ({"name": "a", "networks": ["192.0.2.0/33"]}, 400),
        ({"name": "a", "networks": ["::ffff:192.0.2.0/120"]}, 400),
        ({"name": "a", "networks": ["192.0.2.0/24"] * 51}, 422),
        ({"name": "a", "requests_per_minute": 0}, 422),
        ({"name": "a", "requests_per_minute": "5"}, 422),
        ({"name": "a", "requests_per_minute": True}, 422),
        ({"name": "a", "tokens_per_minute": 100_000_001}, 422),
        ({"name": "a", "expires_at": "2020-01-01T00:00:00Z"}, 400),
        ({"name": "a", "expires_at": "2027-01-01T00:00:00"}, 422),
        ({"name": "a", "expires_at": "9999-12-31T23:59:59-12:00"}, 400),
        ({"name": "a", "expires_at": "0001-01-01T00:00:00+12:00"}, 400),
    ],
    ids=str,
)
async def test_bodies_that_make_no_sense_are_refused(house: House, body: dict[str, object], status: int) -> None:
    async with house.client(**BEARER) as client:
        assert (await client.post("/api/v1/keys", json=body)).status_code == status


async def test_the_account_and_its_tenant_are_shown_for_a_key_too(house: House) -> None:
    async with house.client(**BEARER) as client:
        assert (await client.get("/api/v1/session")).json()["user"]["name"] == "owner"


def test_our_keys_carry_their_checksum() -> None:
    key = new_api_key()
    assert not is_mistyped(key.encode())
    changed = key[:20] + ("a" if key[20] != "a" else "b") + key[21:]
    assert is_mistyped(changed.encode())


@given(st.text(min_size=8, max_size=256))
def test_a_prefix_never_shows_more_than_a_third(key: str) -> None:
    assert key.startswith(shown_prefix(key))
    assert len(shown_prefix(key)) <= len(key) // 3

"""Tokens follow from a session or key, may no more than it, and end with it; a refresh token is good once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.tenancy.house import EMAIL, KEY, SAME_ORIGIN, House, sign_in
from tests.tenancy.tokens.conftest import Replica

from chimera.kit.ids import new_id
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.tables import PersonRow, UserRow
from chimera.tenancy.tokens.issuing import LASTS_S
from chimera.tenancy.tokens.repository import AllRefreshTokens, AllTokenFamilies

RECHECK = timedelta(seconds=5)


async def refresh(replica: Replica, token: str) -> tuple[int, dict[str, str]]:
    async with replica.client() as client:
        answer = await client.post("/api/v1/token/refresh", json={"refresh_token": token})
    return answer.status_code, answer.json()


async def test_a_token_acts_for_its_user_with_what_was_asked_for(replica: Replica) -> None:
    made = await replica.begin(permissions=["chat"], client="Phone")
    assert made["scope"] == "chat"
    async with replica.bearer(made["access_token"]) as client:
        answer = (await client.get("/whoami")).json()
    async with replica.client(**{"x-api-key": KEY}) as client:
        by_key = (await client.get("/whoami")).json()
    assert answer == by_key | {"may": ["chat"]}
    seen, key = replica.house.seen
    assert (seen.key_id, seen.family_id) == (key.key_id, seen.family_id)
    assert key.key_id is not None


async def test_a_token_works_through_every_channel_of_a_key(replica: Replica) -> None:
    token = (await replica.begin())["access_token"]
    for headers in (
        {"x-api-key": token},
        {"api-key": token},
        {"x-goog-api-key": token},
        {"authorization": f"Bearer {token}"},
    ):
        async with replica.client(**headers) as client:
            assert (await client.get("/whoami")).status_code == 200


async def test_nobody_is_given_what_they_do_not_hold(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        keys = AllApiKeys(tx)
        await keys.run(keys.changing().values(permissions=["chat", "models:read"]))
    async with replica.client(**{"x-api-key": KEY}) as client:
        answer = await client.post("/api/v1/token", json={"permissions": ["chat", "users:manage"]})
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert (await client.post("/api/v1/token", json={"tenant_id": str(new_id())})).status_code == 422


async def test_a_token_begins_no_other(replica: Replica) -> None:
    made = await replica.begin()
    async with replica.bearer(made["access_token"]) as client:
        answer = await client.post("/api/v1/token", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_a_token_ends_by_itself(replica: Replica) -> None:
    made = await replica.begin()
    assert await replica.status(made["access_token"]) == 200
    replica.house.clock.pass_by(timedelta(seconds=LASTS_S - 1))
    assert await replica.status(made["access_token"]) == 200
    replica.house.clock.pass_by(timedelta(seconds=1))
    assert await replica.status(made["access_token"]) == 401


async def test_a_refresh_token_gives_the_next_pair(replica: Replica) -> None:
    made = await replica.begin(permissions=["chat"])
    replica.house.clock.pass_by(timedelta(days=13))
    status, fresh = await refresh(replica, made["refresh_token"])
    assert (status, fresh["scope"], fresh["family_id"]) == (200, "chat", made["family_id"])
    assert await replica.status(fresh["access_token"]) == 200
    replica.house.clock.pass_by(timedelta(days=14))
    assert (await refresh(replica, fresh["refresh_token"]))[0] == 401


async def test_a_family_lasts_three_months_however_often_it_is_refreshed(replica: Replica) -> None:
    made = await replica.begin()
    for _ in range(8):
        replica.house.clock.pass_by(timedelta(days=11))
        status, made = await refresh(replica, made["refresh_token"])
        assert status == 200
    replica.house.clock.pass_by(timedelta(days=2))
    assert (await refresh(replica, made["refresh_token"]))[0] == 401


async def test_a_refresh_token_that_comes_again_ends_its_family_everywhere(
    replica: Replica, another: Callable[[], Replica]
) -> None:
    elsewhere, made = another(), await replica.begin()
    _, fresh = await refresh(replica, made["refresh_token"])
    assert await elsewhere.status(fresh["access_token"]) == 200
    status, refused = await refresh(replica, made["refresh_token"])
    assert (status, refused["code"]) == (401, "invalid_refresh_token")
    assert await replica.status(fresh["access_token"]) == 401, "the thief's and the owner's"
    assert (await refresh(replica, fresh["refresh_token"]))[0] == 401
    replica.house.clock.pass_by(RECHECK)
    assert await elsewhere.status(fresh["access_token"]) == 401
    async with replica.house.database.system_reading() as tx:
        family = (await tx.scalars(AllTokenFamilies(tx).every())).one()
    assert family.revoked_as == "reuse"


async def test_of_many_who_show_a_refresh_token_at_once_one_gets_the_next(
    replica: Replica, another: Callable[[], Replica]
) -> None:
    made, servers = await replica.begin(), [replica, another()]
    answers = await asyncio.gather(*(refresh(servers[turn % 2], made["refresh_token"]) for turn in range(8)))
    assert sorted(status for status, _ in answers) == [200] + [401] * 7
    (fresh,) = (body for status, body in answers if status == 200)
    assert (await refresh(replica, fresh["refresh_token"]))[0] == 401, "it came again, so the family ended"


@pytest.mark.parametrize("token", ["", "cr_", "' OR 1=1 --", "\x00", "cr_" + "a" * 97])
async def test_what_is_no_refresh_token_is_refused_and_revoked_in_silence(replica: Replica, token: str) -> None:
    assert (await refresh(replica, token))[0] == 401
    async with replica.client() as client:
        assert (await client.post("/api/v1/token/revoke", json={"refresh_token": token})).status_code == 204


async def test_a_refresh_token_is_no_credential_and_an_access_token_no_refresh_token(replica: Replica) -> None:
    made = await replica.begin()
    assert await replica.status(made["refresh_token"]) == 401
    async with replica.client() as client:
        answer = await client.post("/api/v1/token/refresh", json={"refresh_token": made["access_token"]})
    assert answer.status_code == 422, "it is longer than one of ours"


async def test_a_revoked_family_is_over_here_at_once(replica: Replica) -> None:
    made, other = await replica.begin(), await replica.begin()
    assert await replica.status(made["access_token"]) == 200
    async with replica.client() as client:
        await client.post("/api/v1/token/revoke", json={"refresh_token": made["refresh_token"]})
    assert await replica.status(made["access_token"]) == 401
    assert (await refresh(replica, made["refresh_token"]))[0] == 401
    assert await replica.status(other["access_token"]) == 200


async def test_families_are_listed_and_ended_by_their_owner_alone(replica: Replica) -> None:
    made = [await replica.begin(client=f"device {number}") for number in range(3)]
    member = await replica.house.another_tenant()
    stranger = (await replica.house.keys.create(member, KeyTerms(name="theirs"))).secret
    async with replica.client(**{"x-api-key": KEY}) as client, replica.client(**{"x-api-key": stranger}) as other:
        first = (await client.get("/api/v1/token-families", params={"limit": 2})).json()
        rest = (await client.get("/api/v1/token-families", params={"cursor": first["next_cursor"]})).json()
        assert [row["id"] for row in first["data"] + rest["data"]] == [row["family_id"] for row in reversed(made)]
        assert (await other.get("/api/v1/token-families")).json()["data"] == []
        path = f"/api/v1/token-families/{made[0]['family_id']}"
        foreign, missing = await other.delete(path), await other.delete(f"/api/v1/token-families/{new_id()}")
        assert (foreign.status_code, foreign.json()["detail"]) == (404, missing.json()["detail"])
        assert await replica.status(made[0]["access_token"]) == 200
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
    assert await replica.status(made[0]["access_token"]) == 401
    assert "refresh_token" not in str(first)
    assert "hash" not in str(first)


async def revoke_key(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        keys = AllApiKeys(tx)
        await keys.run(keys.changing().values(revoked_at=replica.house.clock.now()))


async def suspend_user(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        users = AllUsers(tx)
        await users.run(users.changing().values(disabled_at=replica.house.clock.now()))


async def disable_person(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        people = AllPeople(tx)
        await people.run(
            people.changing().where(PersonRow.email == EMAIL).values(disabled_at=replica.house.clock.now())
        )


async def suspend_tenant(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        tenants = AllTenants(tx)
        await tenants.run(tenants.changing().values(suspended_at=replica.house.clock.now()))


@pytest.mark.parametrize("shut_out", [revoke_key, suspend_user, disable_person, suspend_tenant])
async def test_who_is_shut_out_has_no_token_within_five_seconds(
    replica: Replica, another: Callable[[], Replica], shut_out: Callable[[Replica], Awaitable[None]]
) -> None:
    elsewhere, made = another(), await replica.begin()
    for server in (replica, elsewhere):
        assert await server.status(made["access_token"]) == 200
    await shut_out(replica)
    replica.house.clock.pass_by(RECHECK)
    for server in (replica, elsewhere):
        assert await server.status(made["access_token"]) == 401
        assert (await refresh(server, made["refresh_token"]))[0] == 401


async def test_a_demotion_narrows_tokens_within_five_seconds(replica: Replica) -> None:
    made = await replica.begin()
    assert "users:manage" in made["scope"].split()
    async with replica.house.database.system_transaction() as tx:
        users = AllUsers(tx)
        await users.run(users.changing().values(role="viewer", operator=False))
    replica.house.clock.pass_by(RECHECK)
    async with replica.bearer(made["access_token"]) as client:
        assert (await client.get("/whoami")).json()["may"] == ["models:read"]
    assert (await refresh(replica, made["refresh_token"]))[1]["scope"] == "models:read"


async def test_a_token_of_a_key_is_bound_to_its_networks_and_models(replica: Replica) -> None:
    async with replica.house.database.system_transaction() as tx:
        keys = AllApiKeys(tx)
        values = {"networks": ["192.0.2.0/24"], "models": ["openai/*"], "requests_per_minute": 5}
        await keys.run(keys.changing().values(**values))
    made = await replica.begin()
    assert await replica.status(made["access_token"]) == 200
    assert (replica.house.seen[-1].models, replica.house.seen[-1].requests_per_minute) == ((("openai/*",),), 5)
    async with replica.house.client("203.0.113.9", authorization=f"Bearer {made['access_token']}") as client:
        assert (await client.get("/whoami")).json()["code"] == "network_not_allowed"


async def test_tokens_of_a_session_end_with_it(replica: Replica) -> None:
    async with replica.client() as client:
        await sign_in(client, headers=SAME_ORIGIN)
        made = (await client.post("/api/v1/token", json={}, headers=SAME_ORIGIN)).json()
        assert await replica.status(made["access_token"]) == 200
        assert (
            await client.post("/api/v1/token", json={}, headers={"origin": "https://evil.example"})
        ).status_code == 403
        await client.delete("/api/v1/session", headers=SAME_ORIGIN)
    replica.house.clock.pass_by(RECHECK)
    assert await replica.status(made["access_token"]) == 401
    assert (await refresh(replica, made["refresh_token"]))[0] == 401


async def test_a_suspended_user_who_is_let_in_again_has_his_tokens_again_but_not_those_that_were_ended(
    replica: Replica,
) -> None:
    kept, ended = await replica.begin(), await replica.begin()
    async with replica.client() as client:
        await client.post("/api/v1/token/revoke", json={"refresh_token": ended["refresh_token"]})
    for moment in (replica.house.clock.now(), None):
        async with replica.house.database.system_transaction() as tx:
            users = AllUsers(tx)
            await users.run(users.changing().where(UserRow.email == EMAIL).values(disabled_at=moment))
        replica.house.clock.pass_by(RECHECK)
        assert await replica.status(kept["access_token"]) == (401 if moment else 200)
        assert await replica.status(ended["access_token"]) == 401


async def test_secrets_are_kept_nowhere(replica: Replica) -> None:
    made = await replica.begin()
    issued = repr(await replica.tokens.refresh(made["refresh_token"]))
    assert "eyJ" not in issued
    assert "cr_" not in issued
    async with replica.house.database.system_reading() as tx:
        rows = (await tx.scalars(AllRefreshTokens(tx).every())).all()
    assert made["refresh_token"] not in str([vars(row) for row in rows])


async def test_families_whose_time_is_over_are_forgotten(replica: Replica, house: House) -> None:
    await replica.begin()
    replica.house.clock.pass_by(timedelta(days=91))
    await replica.tokens.sweep()
    async with house.database.system_reading() as tx:
        assert (await tx.scalars(AllTokenFamilies(tx).every())).all() == []
        assert (await tx.scalars(AllRefreshTokens(tx).every())).all() == []

"""One path from credentials to a scope: every channel, every surface, and no other site's page."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.requests import HTTPConnection

from chimera.kit.scope import Scope
from chimera.tenancy.errors import CrossSiteRequestError
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.permissions import KNOWN
from chimera.web.caller import caller_of
from tests.tenancy.house import KEY, SAME_ORIGIN, House, sign_in

CHANNELS = [
    {"authorization": f"Bearer {KEY}"},
    {"authorization": f"bearer {KEY}"},
    {"x-api-key": KEY},
    {"api-key": KEY},
    {"x-goog-api-key": KEY},
]


def queries_of(house: House) -> list[str]:
    said: list[str] = []
    # On PostgreSQL the reader is a view of the writer, and tells it of its queries.
    engines = {house.database.writer.sync_engine, house.database.reader.sync_engine}
    for engine in engines if house.database.dialect == "sqlite" else [house.database.writer.sync_engine]:
        event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *rest: said.append(sql))
    return said


async def test_a_key_means_the_same_through_every_channel(house: House) -> None:
    scopes = []
    for headers in CHANNELS:
        async with house.client(**headers) as client:
            scopes.append((await client.get("/whoami")).json())
    async with house.client() as client:
        await sign_in(client)
        scopes.append((await client.get("/whoami")).json())
    assert scopes == [scopes[0]] * 6
    assert scopes[0]["may"] == sorted(KNOWN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer "},
        {"authorization": "Bearer ' OR '1'='1"},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"x-api-key": KEY + "x"},
        {"x-api-key": "\x00"},
        {"x-api-key": "k" * 1_000_000},
        {"cookie": "chimera_session="},
        {"cookie": "chimera_session=nonsense; other=1"},
        {"cookie": f"chimera_session={KEY}"},
    ],
    ids=str,
)
async def test_anything_else_is_refused(house: House, headers: dict[str, str]) -> None:
    async with house.client(**headers) as client:
        answer = await client.get("/whoami")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_wrong_key_is_not_saved_by_a_good_cookie(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        assert (await client.get("/whoami", headers={"x-api-key": "wrong-wrong"})).status_code == 401


async def test_a_proxys_basic_credentials_do_not_hide_the_cookie(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        assert (await client.get("/whoami", headers={"authorization": "Basic dXNlcjpwYXNz"})).status_code == 200


async def test_no_query_is_made_for_a_key_just_seen(house: House) -> None:
    async with house.client(**CHANNELS[0]) as client:
        await client.get("/whoami")
        said = queries_of(house)
        for _ in range(20):
            assert (await client.get("/whoami")).status_code == 200
        assert said == []
        house.clock.pass_by(timedelta(seconds=5))
        await client.get("/whoami")
        assert any("api_keys" in sql for sql in said)


async def test_many_requests_at_once_ask_the_database_once(house: House) -> None:
    said = queries_of(house)
    async with house.client(**CHANNELS[0]) as client:
        answers = await asyncio.gather(*(client.get("/whoami") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len([sql for sql in said if sql.startswith("SELECT api_keys")]) == 1


async def test_an_unknown_key_is_remembered_for_a_second_only(house: House) -> None:
    async with house.client(**{"x-api-key": "not-yet-a-key"}) as client:
        await client.get("/whoami")
        said = queries_of(house)
        assert (await client.get("/whoami")).status_code == 401
        assert said == []
        house.clock.pass_by(timedelta(seconds=1))
        assert (await client.get("/whoami")).status_code == 401
        assert said


async def test_a_mistyped_key_of_ours_is_not_even_looked_up(house: House) -> None:
    said = queries_of(house)
    async with house.client(**{"x-api-key": "ck_" + "a" * 46}) as client:
        assert (await client.get("/whoami")).status_code == 401
    assert said == []


async def test_what_is_remembered_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chimera.tenancy.authenticate._MOST_KNOWN", 10)
    async with house.client(**CHANNELS[0]) as good, house.client() as stranger:
        await good.get("/whoami")
        for number in range(30):
            await stranger.get("/whoami", headers={"x-api-key": f"made-up-{number}"})
        assert len(house.authenticator._bad) == 10
        said = queries_of(house)
        assert (await good.get("/whoami")).status_code == 200
        assert said == [], "a flood of made-up keys must not push a good one out"


async def test_revocation_on_another_replica_takes_effect_within_seconds(house: House) -> None:
    async with house.client(**CHANNELS[0]) as client:
        await client.get("/whoami")
        async with house.database.system_transaction() as tx:
            keys = AllApiKeys(tx)
            await keys.run(keys.changing().values(revoked_at=house.clock.now()))
        house.clock.pass_by(timedelta(seconds=5))
        assert (await client.get("/whoami")).status_code == 401


async def test_one_question_of_a_kind_looks_at_all_credentials_in_use_and_each_gets_its_own_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.client(**CHANNELS[0]) as by_key, house.client() as by_session:
        await by_key.get("/whoami")
        owner = house.seen[-1]
        await sign_in(by_session)
        cookie = f"chimera_session={by_session.cookies['chimera_session']}"
    made = [await house.keys.create(owner, KeyTerms(name=str(number), permissions=("chat",))) for number in range(5)]
    await house.keys.revoke(owner, made[1].info.id)
    shown = [("x-api-key", secret) for secret in (KEY, *(key.secret for key in made), "nobodys", KEY)]

    async def looked() -> tuple[list[Any], int]:
        said = queries_of(house)
        connections = [
            HTTPConnection({"type": "http", "headers": [(name.encode(), value.encode())], "client": ("192.0.2.1", 1)})
            for name, value in (*shown, ("cookie", cookie))
        ]
        answers = await house.authenticator.afresh(connections)
        ids = [answer.key_id or answer.session_id if isinstance(answer, Scope) else answer.code for answer in answers]
        return ids, sum("JOIN users ON" in sql for sql in said)

    by_chain = [key.info.id for key in made]
    expected = [owner.key_id, by_chain[0], "unauthenticated", *by_chain[2:], "unauthenticated", owner.key_id]
    await looked()  # which notes the first use of each
    found, asked = await looked()
    assert (found[:-1], asked) == (expected, 2)
    assert found[-1] not in {"unauthenticated", None}, "a session is looked at with the keys"
    monkeypatch.setattr("chimera.tenancy.authenticate._LOT", 3)
    found, asked = await looked()
    assert (found[:-1], asked) == (expected, 4), "seven keys in lots of three, and the session"


async def test_the_last_use_is_noted_once_an_hour(house: House) -> None:
    async def last_used() -> Any:
        async with house.database.system_reading() as tx:
            return (await tx.scalars(AllApiKeys(tx).every())).one().last_used_at

    async with house.client(**CHANNELS[0]) as client:
        await client.get("/whoami")
        first = house.clock.now()
        assert await last_used() == first
        house.clock.pass_by(timedelta(minutes=30))
        await client.get("/whoami")
        assert await last_used() == first
        house.clock.pass_by(timedelta(minutes=31))
        await client.get("/whoami")
        assert await last_used() == house.clock.now()


async def test_a_key_never_may_more_than_its_owner(house: House) -> None:
    member = await house.another_tenant(email="member@example.org", role="member")
    made = await house.keys.create(member, KeyTerms(name="mine"))
    assert "keys:manage" in made.info.permissions
    async with house.client(**{"x-api-key": made.secret}) as client:
        assert (await client.get("/whoami")).json()["may"] == ["chat", "keys:own"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "none"}, 201),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://chimera.test"}, 403),
        ({"origin": "http://chimera.test"}, 201),
        ({"origin": "http://CHIMERA.test"}, 201),
        ({"origin": "http://chimera.test.evil.example"}, 403),
        ({"origin": "http://chimera.test:8443"}, 403),
        ({"origin": "http://[broken"}, 403),
        ({"origin": "null"}, 403),
        ({}, 201),  # no browser
    ],
    ids=str,
)
async def test_a_cookie_changes_things_only_from_the_same_origin(
    house: House, headers: dict[str, str], status: int
) -> None:
    async with house.client() as client:
        await sign_in(client)
        answer = await client.post("/api/v1/keys", json={"name": "new"}, headers=headers)
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "cross_site_request"


async def test_reading_with_a_cookie_needs_no_origin(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        assert (await client.get("/whoami", headers={"sec-fetch-site": "cross-site"})).status_code == 200


async def test_a_key_needs_no_origin(house: House) -> None:
    async with house.client(**CHANNELS[0]) as client:
        headers = {"origin": "https://elsewhere.example"}
        assert (await client.post("/api/v1/keys", json={"name": "new"}, headers=headers)).status_code == 201


async def test_another_site_can_neither_sign_in_nor_out(house: House) -> None:
    async with house.client() as client:
        answer = await sign_in(client, headers={"origin": "https://elsewhere.example"})
        assert answer.json()["code"] == "cross_site_request"
        await sign_in(client, headers=SAME_ORIGIN)
        answer = await client.delete("/api/v1/session", headers={"sec-fetch-site": "cross-site"})
        assert answer.json()["code"] == "cross_site_request"


async def test_a_websocket_with_a_cookie_needs_the_same_origin(house: House) -> None:
    async with house.client() as client:
        token = (await sign_in(client)).cookies["chimera_session"]

    async def connect(origin: bytes) -> Scope:
        headers = [
            (b"host", b"chimera.test"),
            (b"cookie", b"other=1"),
            (b"cookie", f"chimera_session={token}".encode()),
            (b"origin", origin),
        ]
        return await caller_of(HTTPConnection({"type": "websocket", "headers": headers, "app": house.app}))

    with pytest.raises(CrossSiteRequestError):
        await connect(b"http://evil.example")
    assert "chat" in (await connect(b"http://chimera.test")).permissions


async def test_openapi_tells_how_to_authenticate(house: House) -> None:
    described = house.app.openapi()
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert described["paths"]["/api/v1/keys"]["get"]["security"][0] == {"key": ["keys:own"]}
    assert "security" not in described["paths"]["/api/v1/session"]["post"]

"""`chimera key` as an operator types it beside a server."""

import pytest
from tests.bootstrap.terminal import typed
from tests.tenancy.house import EMAIL, KEY, House, build

from chimera.store import connect


@pytest.fixture
def env(sqlite_url: str) -> dict[str, str]:
    return {"CHIMERA_DATABASE_URL": sqlite_url}


async def test_keys_are_made_listed_and_revoked_for_somebody(sqlite_url: str, env: dict[str, str]) -> None:
    async with connect(sqlite_url) as database:
        house: House = build(database)
        await house.found()
        asked = ("key", "create", EMAIL, "By hand", "--permission", "chat", "--model", "openai/*")
        secret = (await typed(*asked, env=env)).out.strip()
        async with house.client(**{"x-api-key": secret}) as client:
            assert (await client.get("/whoami")).json()["may"] == ["chat"]
            assert house.seen[-1].models == (("openai/*",),)
            listed = (await typed("key", "list", "--prefix", secret[:11], "--json", env=env)).json
            assert [(key["name"], key["models"]) for key in listed] == [("By hand", ["openai/*"])]
            everything = await typed("key", "list", env=env)
            assert "2 keys." in everything.out
            assert secret not in everything.out + everything.err
            assert KEY not in everything.out
            assert (await typed("key", "revoke", listed[0]["id"], env=env)).code == 0
            house.authenticator.forget()
            assert (await client.get("/whoami")).status_code == 401
        for wrong in (("key", "revoke", listed[0]["id"]), ("key", "create", "nobody@example.org", "x")):
            ended = await typed(*wrong, env=env)
            assert ended.code != 0
            assert "There is no such API key" in ended.err or "has no user" in ended.err
        assert (await typed("key", "revoke", "the first", env=env)).code == 2

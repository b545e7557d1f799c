"""`chimera tenant` and `chimera user` as an operator types them beside a server."""

from collections.abc import AsyncGenerator

import pytest
from tests.bootstrap.terminal import Ended, typed
from tests.tenancy.house import EMAIL, PASSWORD, House, build, sign_in

from chimera.audit.tables import AuditEntryRow
from chimera.store import SystemRepository, connect
from chimera.tenancy.repository import AllTenants, AllUsers


class Entries(SystemRepository[AuditEntryRow]):
    table = AuditEntryRow


@pytest.fixture
async def founded(sqlite_url: str) -> AsyncGenerator[House]:
    async with connect(sqlite_url) as database:
        house = build(database)
        await house.found()
        yield house


@pytest.fixture
def env(sqlite_url: str) -> dict[str, str]:
    return {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_PUBLIC_URL": "https://chat.example.com"}


async def well(*arguments: str, env: dict[str, str]) -> Ended:
    ended = await typed(*arguments, env=env)
    assert ended.code == 0, ended.err
    return ended


async def test_organisations_are_founded_tiered_and_shut_out(founded: House, env: dict[str, str]) -> None:
    made = (await well("tenant", "create", "Acme", "--owner", "ada@example.org", "--json", env=env)).json
    assert made["link"].startswith("https://chat.example.com/invitation#")
    assert (await well("tenant", "tier", "Acme", "starter", "--json", env=env)).json["tier"] == "starter"
    assert (await well("tenant", "tier", made["id"], "default", "--json", env=env)).json["tier"] is None
    assert "suspended since" in (await well("tenant", "suspend", "Acme", env=env)).out
    listed = (await well("tenant", "list", env=env)).out
    assert ("Acme  default  suspended since" in listed, "2 organisations." in listed) == (True, True)
    restored = (await well("tenant", "suspend", "Acme", "--restore", "--json", env=env)).json
    assert restored["suspended_at"] is None
    for wrong in (("tenant", "tier", "Acme", "gold"), ("tenant", "suspend", "Nobody"), ("user", "list")):
        assert (await typed(*wrong, env=env)).code == 2
    async with founded.database.system_reading() as tx:
        acts = [row.act for row in await tx.scalars(Entries(tx).every().order_by(AuditEntryRow.number))]
        tenants = {tenant.name for tenant in await tx.scalars(AllTenants(tx).every())}
    assert acts == [
        "tenant.created",
        "tenant.tier_changed",
        "tenant.tier_changed",
        "tenant.suspended",
        "tenant.restored",
    ]
    assert tenants == {"Acme", "My organisation"}


async def test_users_are_invited_promoted_shut_out_and_given_new_passwords(founded: House, env: dict[str, str]) -> None:
    sent = (await well("user", "invite", "Ada@example.org", "--role", "admin", "--json", env=env)).json
    assert (sent["email"], sent["role"]) == ("ada@example.org", "admin")
    refused = await typed("user", "role", EMAIL, "member", env=env)
    assert (refused.code, "at least one owner" in refused.err) == (1, True)
    refused = await typed("user", "suspend", "nobody@example.org", env=env)
    assert (refused.code, "no user nobody@example.org" in refused.err) == (1, True)
    assert "1 user." in (await well("user", "list", "--tenant", "My organisation", env=env)).out
    async with founded.client() as browser:
        await sign_in(browser)
        password = (await well("user", "reset", EMAIL, "--json", env=env)).json["password"]
        founded.authenticator.forget()
        assert (await browser.get("/whoami")).status_code == 401
        assert (await sign_in(browser, password=PASSWORD)).status_code == 401
        assert (await sign_in(browser, password=password)).is_success
    async with founded.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every())
        owner.role = "member"
    promoted = (await well("user", "role", EMAIL, "owner", "--json", env=env)).json
    assert promoted["role"] == "owner"
    async with founded.database.system_reading() as tx:
        acts = [row.act for row in await tx.scalars(Entries(tx).every().order_by(AuditEntryRow.number))]
    assert acts == ["invitation.created", "password.reset", "user.role_changed"]

"""Whoever belongs to several organisations goes over from one to another, and proves no less there."""

from dataclasses import replace
from uuid import uuid4

import httpx2
import pytest
from tests.tenancy.house import EMAIL, SAME_ORIGIN, sign_in
from tests.tenancy.people.town import Town

from chimera.kit.ids import new_id
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.rules import SignInRules
from chimera.tenancy.tables import TenantRow

SWITCH, PLACES = "/api/v1/session/tenant", "/api/v1/session/tenants"


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
async def elsewhere(town: Town) -> TenantRow:
    """Another organisation, in which the owner of the first is a viewer."""
    tenant = await town.tenant_named("Elsewhere")
    async with town.house.database.system_transaction() as tx:
        await provision(tx, tenant, Newcomer(email=EMAIL, name="Guest", role="viewer"))
    return tenant


async def test_one_goes_over_and_is_another_there(town: Town, elsewhere: TenantRow) -> None:
    async with town.house.client(**SAME_ORIGIN) as browser:
        await sign_in(browser)
        token = browser.cookies["chimera_session"]
        places = (await browser.get(PLACES)).json()["data"]
        assert [(one["tenant_name"], one["role"], one["current"]) for one in places] == [
            ("My organisation", "owner", True),
            ("Elsewhere", "viewer", False),
        ]
        switched = await browser.post(SWITCH, json={"tenant_id": str(elsewhere.id)})
        assert switched.json()["tenant"]["name"] == "Elsewhere"
        assert switched.json()["permissions"] == ["models:read"]
        assert (await browser.get("/whoami")).json()["tenant"] == str(elsewhere.id)
        browser.cookies.clear()
        refused = await browser.get("/whoami", headers={"cookie": f"chimera_session={token}"})
        assert refused.status_code == 401
    async with town.house.database.system_reading() as tx:
        (session,) = await tx.scalars(AllSessions(tx).every())
    assert (session.tenant_id, session.method) == (elsewhere.id, "password")


async def test_only_where_one_belongs_and_is_let_in(town: Town, elsewhere: TenantRow) -> None:
    others = await town.tenant_named("Others")
    async with town.house.client(**SAME_ORIGIN) as browser:
        await sign_in(browser)
        await town.owner.http.patch(f"/api/v1/tenants/{elsewhere.id}", json={"suspended": True})
        for tenant_id in (others.id, elsewhere.id, uuid4()):
            refused = await browser.post(SWITCH, json={"tenant_id": str(tenant_id)})
            assert code_of(refused) == (404, "tenant_not_found")
        assert [one["tenant_name"] for one in (await browser.get(PLACES)).json()["data"]] == ["My organisation"]
        assert (await browser.get("/whoami")).is_success


async def test_a_key_stays_where_it_is(town: Town, elsewhere: TenantRow) -> None:
    refused = await town.owner.http.post(SWITCH, json={"tenant_id": str(town.tenant.id)})
    assert code_of(refused) == (403, "switch_refused")
    assert [one["tenant_name"] for one in (await town.owner.http.get(PLACES)).json()["data"]] == ["My organisation"]


async def test_what_a_provider_vouched_for_is_good_in_its_organisation_alone(town: Town, elsewhere: TenantRow) -> None:
    async with town.house.client(**SAME_ORIGIN) as browser:
        await sign_in(browser)
        async with town.house.database.system_transaction() as tx:
            (session,) = await tx.scalars(AllSessions(tx).every())
            session.provider_id = new_id()
        refused = await browser.post(SWITCH, json={"tenant_id": str(elsewhere.id)})
        assert code_of(refused) == (403, "switch_refused")
        assert (await browser.get("/whoami")).is_success


@pytest.mark.parametrize("demand", ["second_factor", "provider_only"])
async def test_no_less_is_proved_than_where_one_goes_demands(town: Town, elsewhere: TenantRow, demand: str) -> None:
    town.rules[elsewhere.id] = replace(SignInRules(), **{demand: True})
    async with town.house.client(**SAME_ORIGIN) as browser:
        await sign_in(browser)
        there = {"tenant_id": str(elsewhere.id)}
        assert code_of(await browser.post(SWITCH, json=there)) == (403, "switch_refused")
        async with town.house.database.system_transaction() as tx:
            (session,) = await tx.scalars(AllSessions(tx).every())
            session.method = "password+totp"
        answer = await browser.post(SWITCH, json=there)
        assert answer.status_code == (200 if demand == "second_factor" else 403)


async def test_another_site_switches_nobody(town: Town, elsewhere: TenantRow) -> None:
    async with town.house.client(origin="https://evil.example") as browser:
        browser.headers["origin"] = SAME_ORIGIN["origin"]
        await sign_in(browser)
        browser.headers["origin"] = "https://evil.example"
        refused = await browser.post(SWITCH, json={"tenant_id": str(elsewhere.id)})
        assert code_of(refused) == (403, "cross_site_request")

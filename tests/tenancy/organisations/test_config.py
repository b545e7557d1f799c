"""An organisation's decisions in one body, and what it used: for itself, for operators, and for nobody else."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.serving import Running
from tests.spend.pages import entry, owners_client, whoever_asks, write

from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import KNOWN
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow


@dataclass
class Two:
    """The operator of the installation, and the owner of another organisation."""

    chimera: Running
    operator: httpx2.AsyncClient
    home: UUID
    owner: httpx2.AsyncClient
    tenant: UUID
    user: UUID


@pytest.fixture
async def two(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Two]:
    async with owners_client(sqlite_url, tmp_path) as (chimera, operator):
        home, _ = await whoever_asks(operator)
        tenant, user, secret = new_id(), new_id(), new_api_key()
        async with chimera.house.database.system_transaction() as tx:
            await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
            await AllUsers(tx).add(UserRow(tenant_id=tenant, id=user, email="eve@example.com", name="e", role="owner"))
            key = ApiKeyRow(
                tenant_id=tenant,
                user_id=user,
                name="all",
                prefix=shown_prefix(secret),
                secret_hash=hashed(secret.encode()),
                permissions=sorted(KNOWN),
            )
            await AllApiKeys(tx).add(key)
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as owner:
            yield Two(chimera, operator, UUID(str(home)), owner, tenant, user)


def config(tenant: UUID) -> str:
    return f"/api/v1/tenants/{tenant}/config"


async def test_sections_are_set_together_or_not_at_all(two: Two) -> None:
    path = config(two.tenant)
    assert (await two.owner.get(path)).json() == (await two.owner.get("/api/v1/policies")).json()
    said = {"cache": {"mode": "exact"}, "limits": {"tier": "free"}}
    assert (await two.owner.put(path, json=said)).json()["cache"]["mode"] == "exact"
    changed = (await two.owner.patch(path, json={"routing": {"dial": 1.0}, "cache": None})).json()
    assert (changed["cache"]["mode"], changed["limits"]["tier"], changed["routing"]["dial"]) == ("off", "free", 1.0)
    for wrong in ({"cache": {"mode": "exact"}, "routing": {"dial": 7}}, {"unheard": {}}, {"tenant_id": str(two.home)}):
        assert (await two.owner.put(path, json=wrong)).status_code == 422
    assert (await two.owner.get(path)).json() == changed
    replaced = (await two.owner.put(path, json={})).json()
    assert (replaced["limits"]["tier"], replaced["routing"]["dial"]) == ("default", 0.5)


async def test_an_operator_sets_them_for_another_organisation_and_it_holds_there(two: Two) -> None:
    await two.operator.patch(f"/api/v1/tenants/{two.tenant}", json={"tier": "starter"})
    answer = await two.operator.patch(config(two.tenant), json={"limits": {"tier": "unlimited"}})
    assert (answer.status_code, answer.json()["code"]) == (403, "tier_not_yours")
    answer = await two.operator.patch(config(two.tenant), json={"limits": {"tier": "free"}})
    assert answer.json()["limits"]["tier"] == "free"
    assert (await two.owner.get("/api/v1/policies")).json()["limits"]["tier"] == "free"
    assert (await two.operator.get("/api/v1/policies")).json()["limits"]["tier"] == "default"


async def test_nobody_else_reaches_another_organisation_s(two: Two) -> None:
    for path in (config(two.home), config(uuid4()), f"/api/v1/tenants/{two.home}/usage"):
        answers = [await two.owner.get(path)]
        if path.endswith("config"):
            answers += [await two.owner.put(path, json={}), await two.owner.patch(path, json={"cache": None})]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (404, "tenant_not_found")
    missing = await two.operator.get(config(uuid4()))
    assert (missing.status_code, missing.json()["code"]) == (404, "tenant_not_found")


async def test_usage_is_the_organisation_s_own_in_sums(two: Two) -> None:
    await write(two.chimera.house.database, entry(two.tenant, two.user, cost_nusd=2_500_000_000))
    time = "since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z"
    for client in (two.owner, two.operator):
        used = (await client.get(f"/api/v1/tenants/{two.tenant}/usage?{time}")).json()
        assert (used["total"]["cost_usd"], used["total"]["requests"], used["tier"]) == ("2.50", 1, None)
    own = (await two.operator.get(f"/api/v1/tenants/{two.home}/usage?{time}")).json()
    assert own["total"]["cost_usd"] == "0.00"

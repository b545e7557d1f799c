"""Directories, and people of organisations, for the tests of SCIM."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx2
from tests.serving import Running

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ALL, OWNER
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.beginning import Proof, begin
from chimera.tenancy.tables import TenantRow, UserRow


@asynccontextmanager
async def directory_of(chimera: Running, owner: httpx2.AsyncClient) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of `/scim/v2` with a new token of the caller's organisation."""
    made = await owner.post("/api/v1/scim-tokens", json={"name": "A directory"})
    assert made.status_code == 201, made.text
    headers = {"Authorization": f"Bearer {made.json()['token']}", "content-type": "application/scim+json"}
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/scim/v2", headers=headers, timeout=20) as http:
        yield http


async def stranger(chimera: Running) -> str:
    """Make another organisation; its owner's key."""
    tenant, user, secret = new_id(), new_id(), new_api_key()
    async with chimera.house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
        await AllUsers(tx).add(UserRow(tenant_id=tenant, id=user, name="other", email="other@example.net", role=OWNER))
    await key_of(chimera, tenant, user, secret)
    return secret


async def key_of(chimera: Running, tenant_id: UUID, user_id: UUID, secret: str) -> None:
    row = ApiKeyRow(
        tenant_id=tenant_id,
        user_id=user_id,
        name="theirs",
        prefix=shown_prefix(secret),
        secret_hash=hashed(secret.encode()),
        permissions=sorted(ALL),
    )
    async with chimera.house.database.system_transaction() as tx:
        await AllApiKeys(tx).add(row)


async def session_of(chimera: Running, user_id: UUID) -> str:
    """Begin a session of somebody; its token."""
    async with chimera.house.database.system_transaction() as tx:
        user = (await tx.scalars(AllUsers(tx).every().where(UserRow.id == user_id))).one()
        return await begin(tx, user, Proof(method="oidc", address="192.0.2.1"), now=utc_now())


async def brought(directory: httpx2.AsyncClient, who: str, **more: Any) -> dict[str, Any]:
    """A user, whom the directory brought in."""
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{who}@example.com", **more}
    made = await directory.post("/Users", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


def patching(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def refused(answer: httpx2.Response) -> tuple[int, str | None]:
    """Status and SCIM's word of a refusal in SCIM's shape."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/scim+json"
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(answer.status_code)
    assert body["detail"]
    return answer.status_code, body.get("scimType")

"""`/api/v1/keys`."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from chimera.tenancy.keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyList, ApiKeyRead
from chimera.tenancy.keys.service import Keys
from chimera.web.caller import Caller


def router(keys: Keys) -> APIRouter:
    api = APIRouter(prefix="/api/v1")

    @api.get("/keys", tags=["keys"])
    async def list_keys(caller: Caller) -> ApiKeyList:
        """API keys of the organisation, without their secrets, oldest first. Needs `keys:manage`."""
        return ApiKeyList(data=[ApiKeyRead.of(key) for key in await keys.list(caller)])

    @api.post("/keys", status_code=status.HTTP_201_CREATED, tags=["keys"])
    async def create_key(body: ApiKeyCreate, caller: Caller, response: Response) -> ApiKeyCreated:
        """Make an API key that acts for you. Its secret is in this answer and nowhere else. Needs `keys:manage`."""
        response.headers["cache-control"] = "no-store"
        made = await keys.create(caller, body.name, permissions=body.permissions, expires_at=body.expires_at)
        return ApiKeyCreated.with_secret(made)

    @api.delete("/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, tags=["keys"])
    async def revoke_key(key_id: UUID, caller: Caller) -> None:
        """Revoke an API key: it stops working here at once, on other replicas within 5 seconds. Needs `keys:manage`."""
        await keys.revoke(caller, key_id)

    return api

"""`/api/v1/keys`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Response, status

from chimera.kit.scope import Scope
from chimera.tenancy.keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyList, ApiKeyRead
from chimera.tenancy.keys.service import Keys
from chimera.tenancy.permissions import KEYS_MANAGE
from chimera.web.caller import needs

KeyManager: TypeAlias = Annotated[Scope, needs(KEYS_MANAGE)]


def router(keys: Keys) -> APIRouter:
    api = APIRouter(prefix="/api/v1")

    @api.get("/keys", tags=["keys"])
    async def list_keys(caller: KeyManager) -> ApiKeyList:
        """API keys of the organisation, without their secrets, oldest first."""
        return ApiKeyList(data=[ApiKeyRead.of(key) for key in await keys.list(caller)])

    @api.post("/keys", status_code=status.HTTP_201_CREATED, tags=["keys"])
    async def create_key(body: ApiKeyCreate, caller: KeyManager, response: Response) -> ApiKeyCreated:
        """Make an API key that acts for you. Its secret is in this answer and nowhere else."""
        response.headers["cache-control"] = "no-store"
        made = await keys.create(caller, body.name, permissions=body.permissions, expires_at=body.expires_at)
        return ApiKeyCreated.with_secret(made)

    @api.delete("/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, tags=["keys"])
    async def revoke_key(key_id: UUID, caller: KeyManager) -> None:
        """Revoke an API key: it stops working here at once, on other replicas within 5 seconds."""
        await keys.revoke(caller, key_id)

    return api

"""`/api/v1/scim-tokens`: included below `/api/v1`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import SSO_MANAGE
from chimera.tenancy.scim.schemas import ScimTokenCreate, ScimTokenCreated, ScimTokenPage, ScimTokenRead
from chimera.tenancy.scim.tokens import DirectoryTokens
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

SsoManager: TypeAlias = Annotated[Scope, needs(SSO_MANAGE)]
# Described without null: an address cannot say it.
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]


def router(tokens: DirectoryTokens) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["sso"])

    @api.get("/scim-tokens")
    async def list_scim_tokens(
        caller: SsoManager, limit: Annotated[int, Query(ge=1, le=100)] = 30, cursor: Cursor = None
    ) -> ScimTokenPage:
        """Tokens of directories that keep users and groups here, without their secrets, newest first."""
        found, following = await tokens.page(caller, cursor=cursor, limit=limit)
        return ScimTokenPage(data=[ScimTokenRead.of(info) for info in found], next_cursor=following)

    @api.post("/scim-tokens", status_code=status.HTTP_201_CREATED)
    async def create_scim_token(body: ScimTokenCreate, caller: SsoManager, response: Response) -> ScimTokenCreated:
        """Make a token for a directory: it opens `/scim/v2` of the organisation, and nothing else."""
        response.headers["cache-control"] = "no-store"
        return ScimTokenCreated.with_secret(await tokens.create(caller, body.name, expires_at=body.expires_at))

    @api.delete("/scim-tokens/{scim_token_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def revoke_scim_token(scim_token_id: UUID, caller: SsoManager) -> None:
        """Revoke a token: it stops working at once."""
        await tokens.revoke(caller, scim_token_id)

    return api

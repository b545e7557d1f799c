"""`/api/v1/identity-providers`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Request, status
from pydantic import Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import SSO_MANAGE
from chimera.tenancy.sso.endpoints.origin import Origin
from chimera.tenancy.sso.providers import IdentityProviders
from chimera.tenancy.sso.schemas import (
    IdentityProviderCheck,
    IdentityProviderCreate,
    IdentityProviderPage,
    IdentityProviderRead,
    IdentityProviderUpdate,
)
from chimera.web.caller import needs
from chimera.web.openapi import refusals

SsoManager: TypeAlias = Annotated[Scope, needs(SSO_MANAGE)]
_KEEPING = refusals({404: "There is none, or no such role.", 409: "Another has this name."})
# Described without null: an address cannot say it.
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]


def add(api: APIRouter, providers: IdentityProviders, origin: Origin) -> None:
    _add_keeping(api, providers, origin)
    _add_asking(api, providers, origin)


def _add_keeping(api: APIRouter, providers: IdentityProviders, origin: Origin) -> None:
    @api.get("/identity-providers", tags=["sso"])
    async def list_identity_providers(
        request: Request, caller: SsoManager, limit: Annotated[int, Query(ge=1, le=100)] = 30, cursor: Cursor = None
    ) -> IdentityProviderPage:
        """Identity providers of the organisation, without their secrets, newest first."""
        found, following = await providers.page(caller, cursor=cursor, limit=limit)
        read = [IdentityProviderRead.of(each, origin.of(request)) for each in found]
        return IdentityProviderPage(data=read, next_cursor=following)

    @api.post("/identity-providers", status_code=status.HTTP_201_CREATED, tags=["sso"], responses=_KEEPING)
    async def create_identity_provider(
        body: IdentityProviderCreate, request: Request, caller: SsoManager
    ) -> IdentityProviderRead:
        """Let people sign in at an OpenID provider. The secret is sealed, and never told again.

        It gives nobody a role that may do more than you.
        """
        secret = body.client_secret.get_secret_value() if body.client_secret else None
        made = await providers.create(caller, body.issuer, body.terms(), secret=secret)
        return IdentityProviderRead.of(made, origin.of(request))

    @api.get("/identity-providers/{provider_id}", tags=["sso"])
    async def read_identity_provider(provider_id: UUID, request: Request, caller: SsoManager) -> IdentityProviderRead:
        """One identity provider, without its secret."""
        return IdentityProviderRead.of(await providers.get(caller, provider_id), origin.of(request))

    @api.patch("/identity-providers/{provider_id}", tags=["sso"], responses=_KEEPING)
    async def change_identity_provider(
        provider_id: UUID, body: IdentityProviderUpdate, request: Request, caller: SsoManager
    ) -> IdentityProviderRead:
        """Change it. Who changes it answers for all roles that it gives: none may do more than they."""
        return IdentityProviderRead.of(await providers.change(caller, provider_id, body.change()), origin.of(request))

    @api.delete("/identity-providers/{provider_id}", status_code=status.HTTP_204_NO_CONTENT, tags=["sso"])
    async def delete_identity_provider(provider_id: UUID, caller: SsoManager) -> None:
        """Remove it. Sessions that it vouched for end."""
        await providers.delete(caller, provider_id)


def _add_asking(api: APIRouter, providers: IdentityProviders, origin: Origin) -> None:
    @api.post("/identity-providers/{provider_id}/domains", tags=["sso"])
    async def prove_domains(provider_id: UUID, request: Request, caller: SsoManager) -> IdentityProviderRead:
        """Look for the id of your organisation on the web site of each domain, and note those that have it.

        It stands as a line of `https://{domain}/.well-known/chimera-organisation.txt`. People who type an address of
        such a domain are shown where to sign in; where there is one organisation alone they are in any case.
        """
        return IdentityProviderRead.of(await providers.prove_domains(caller, provider_id), origin.of(request))

    @api.post("/identity-providers/{provider_id}/check", tags=["sso"])
    async def check_identity_provider(provider_id: UUID, caller: SsoManager) -> IdentityProviderCheck:
        """Ask the provider what it says of itself, and for its keys."""
        return IdentityProviderCheck.of(await providers.check(caller, provider_id))

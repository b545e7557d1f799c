"""`/api/v1/tenants` for operators, and `/api/v1/session/tenants` for who belongs to several."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response, status
from pydantic import WithJsonSchema

from chimera.kit.mail import Mail
from chimera.kit.scope import Scope
from chimera.tenancy.organisations.organisation import Founding, OrganisationChange
from chimera.tenancy.organisations.schemas import (
    PlaceList,
    PlaceRead,
    SwitchCreate,
    TenantCreate,
    TenantPage,
    TenantRead,
    TenantUpdate,
)
from chimera.tenancy.organisations.service import Organisations
from chimera.tenancy.organisations.switching import Switching
from chimera.tenancy.permissions import OPERATE
from chimera.tenancy.sessions.beginning import hand_over, visitor_of
from chimera.tenancy.sessions.schemas import SessionRead
from chimera.web.caller import Caller, needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

Operator: TypeAlias = Annotated[Scope, needs(OPERATE)]
Cursor = Annotated[
    UUID | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
_NOT_CHANGED = refusals({409: "It is the caller's own, or was not suspended before."})
_NOT_REMOVED = refusals({409: "It is the caller's own, or was not suspended before, or a legal hold stands."})
_NOT_THERE = refusals({404: "The caller does not belong to such an organisation."})


def router(organisations: Organisations, switching: Switching, post: Callable[[Mail], Awaitable[None]]) -> APIRouter:
    api = LateRouter(prefix="/api/v1")
    _add_tenants(api, organisations, post)
    _add_switching(api, switching)
    return api


def _add_tenants(api: APIRouter, organisations: Organisations, post: Callable[[Mail], Awaitable[None]]) -> None:
    where, one = "/tenants", "/tenants/{tenant_id}"

    @api.get(where, tags=["tenants"])
    async def list_tenants(
        caller: Operator, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Cursor = None
    ) -> TenantPage:
        """Organisations of the installation, the newest first."""
        found, following = await organisations.page(caller, after=cursor, limit=limit)
        return TenantPage(data=[TenantRead.of(one) for one in found], next_cursor=following)

    @api.post(where, status_code=status.HTTP_201_CREATED, tags=["tenants"])
    async def create_tenant(body: TenantCreate, caller: Operator, later: BackgroundTasks) -> TenantRead:
        """Found an organisation. Its owner is invited by a message, and is its only user then."""
        founding = Founding(name=body.name, owner_email=body.owner_email, tier=body.tier)
        made, sent = await organisations.found(caller, founding)
        later.add_task(post, sent.mail)
        return TenantRead.of(made)

    @api.get(one, tags=["tenants"])
    async def read_tenant(tenant_id: UUID, caller: Operator) -> TenantRead:
        """One organisation, from outside."""
        return TenantRead.of(await organisations.get(caller, tenant_id))

    @api.patch(one, tags=["tenants"], responses=_NOT_CHANGED)
    async def change_tenant(tenant_id: UUID, body: TenantUpdate, caller: Operator) -> TenantRead:
        """Rename it, put it on another tier, suspend or restore it: everywhere within 5 seconds."""
        change = OrganisationChange(
            name=body.name,
            suspended=body.suspended,
            tier=body.tier,
            keeps_tier="tier" not in body.model_fields_set,
        )
        return TenantRead.of(await organisations.change(caller, tenant_id, change))

    @api.delete(one, status_code=status.HTTP_204_NO_CONTENT, tags=["tenants"], responses=_NOT_REMOVED)
    async def remove_tenant(tenant_id: UUID, caller: Operator) -> None:
        """Delete an organisation with all that it has; only what was suspended a minute ago. Nothing brings it back."""
        await organisations.remove(caller, tenant_id)


def _add_switching(api: APIRouter, switching: Switching) -> None:
    @api.get("/session/tenants", tags=["session"])
    async def list_own_tenants(caller: Caller) -> PlaceList:
        """Organisations in which one may act; with an API key only its own."""
        places = await switching.places(caller)
        return PlaceList(data=[PlaceRead.of(one, current=one.tenant_id == caller.tenant_id) for one in places])

    @api.post("/session/tenant", tags=["session"], responses=_NOT_THERE)
    async def switch_tenant(body: SwitchCreate, caller: Caller, request: Request, response: Response) -> SessionRead:
        """Go over to another of one's organisations: this session ends, and another begins there."""
        signed_in = await switching.switch(caller, body.tenant_id, visitor_of(request))
        hand_over(signed_in.token, request, response)
        return SessionRead.of(signed_in.person)

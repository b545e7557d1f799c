"""`/api/v1/tenants/{tenant_id}/config` and `…/usage`: an organisation's decisions in one body, and what it used."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, create_model

from chimera.kit.scope import Scope
from chimera.policies.policy import SECTIONS, Policy
from chimera.policies.service import Policies
from chimera.spend.analytics.usage import Usage
from chimera.spend.endpoints.asking import Time, sums_read
from chimera.spend.schemas.usage import SumsRead
from chimera.tenancy.organisations.organisation import acting_in
from chimera.tenancy.organisations.service import Organisations
from chimera.tenancy.permissions import POLICIES_MANAGE, SPEND_READ, TENANT_MANAGE, TENANT_READ
from chimera.tenancy.schemas import Body
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

Reader: TypeAlias = Annotated[Scope, needs(TENANT_READ)]
Manager: TypeAlias = Annotated[Scope, needs(TENANT_MANAGE, POLICIES_MANAGE)]
Bookkeeper: TypeAlias = Annotated[Scope, needs(SPEND_READ)]

_MEMBERS: dict[str, Any] = {name: (Policy.model_fields[name].annotation | None, None) for name in SECTIONS}  # type: ignore[operator]  # sections are classes
ConfigWrite = create_model("ConfigWrite", __base__=Body, **_MEMBERS)


class TenantUsage(BaseModel):
    """Sums over the ledger of one organisation."""

    tenant_id: UUID
    tier: str | None = Field(description="Null: the server's default", examples=["starter"])
    since: datetime
    until: datetime
    total: SumsRead


def router(organisations: Organisations, policies: Policies, usage: Usage) -> APIRouter:
    api = LateRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["tenants"])
    _add_config(api, organisations, policies)

    @api.get("/usage")
    async def show_tenant_usage(tenant_id: UUID, caller: Bookkeeper, time: Time) -> TenantUsage:
        """What an organisation used and spent, in sums: one's own, or for operators any."""
        organisation = await organisations.get(caller, tenant_id)
        total = await usage.total(acting_in(caller, tenant_id), time)
        return TenantUsage(
            tenant_id=tenant_id, tier=organisation.tier, since=time.since, until=time.until, total=sums_read(total)
        )

    return api


def _add_config(api: APIRouter, organisations: Organisations, policies: Policies) -> None:
    async def there(caller: Scope, tenant_id: UUID) -> Scope:
        await organisations.get(caller, tenant_id)
        return acting_in(caller, tenant_id)

    @api.get("/config")
    async def show_config(tenant_id: UUID, caller: Reader) -> Policy:
        """All that an organisation decided, defaults included: one's own, or for operators any."""
        return await policies.of(await there(caller, tenant_id))

    @api.put("/config")
    async def replace_config(tenant_id: UUID, caller: Manager, body: ConfigWrite) -> Policy:
        """Set all sections at once, or none if one does not do. What is left out goes back to its defaults."""
        sections = {name: getattr(body, name) for name in SECTIONS}
        return await policies.configure(await there(caller, tenant_id), sections)

    @api.patch("/config")
    async def change_config(tenant_id: UUID, caller: Manager, body: ConfigWrite) -> Policy:
        """Set the sections that are sent, each whole; one of null goes back to its defaults. The others stay."""
        sections = {name: getattr(body, name) for name in SECTIONS if name in body.model_fields_set}
        return await policies.configure(await there(caller, tenant_id), sections)

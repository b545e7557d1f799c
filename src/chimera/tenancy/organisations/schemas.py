"""Bodies of `/api/v1/tenants` and `/api/v1/session/tenants`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from chimera.tenancy.organisations.organisation import Organisation, Place, Tier
from chimera.tenancy.schemas import Body, Name

Tiers = Annotated[Tier | None, Field(description="Of its limits; null: the server's default", examples=["starter"])]


class TenantCreate(Body):
    name: Name = Field(examples=["Acme"])
    owner_email: str = Field(max_length=320, description="Is invited to own it.", examples=["ada@example.org"])
    tier: Tiers = None


class TenantUpdate(Body):
    """What is left out stays."""

    name: Name | None = Field(None, examples=["Acme"])
    tier: Tiers = None
    suspended: StrictBool | None = Field(None, description="Whether everybody of it is shut out.")


class TenantRead(BaseModel):
    """An organisation, from outside."""

    id: UUID
    name: str = Field(examples=["Acme"])
    tier: Tiers
    created_at: datetime
    suspended_at: datetime | None = Field(description="Since when nobody of it gets in")

    @classmethod
    def of(cls, organisation: Organisation) -> "TenantRead":
        return cls.model_validate(organisation, from_attributes=True)


class TenantPage(BaseModel):
    data: list[TenantRead]
    next_cursor: UUID | None = Field(description="`cursor` of the next page; null on the last")


class SwitchCreate(Body):
    tenant_id: UUID = Field(examples=["01890a5d-ac96-774b-bcce-b302099a8057"])


class PlaceRead(BaseModel):
    """An organisation in which one may act."""

    tenant_id: UUID
    tenant_name: str = Field(examples=["Acme"])
    user_id: UUID = Field(description="As whom")
    role: str = Field(examples=["member"])
    current: bool = Field(description="Whether this session acts there")

    @classmethod
    def of(cls, place: Place, *, current: bool) -> "PlaceRead":
        return cls(
            tenant_id=place.tenant_id,
            tenant_name=place.tenant_name,
            user_id=place.user_id,
            role=place.role,
            current=current,
        )


class PlaceList(BaseModel):
    data: list[PlaceRead]

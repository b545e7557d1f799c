"""Bodies of `/api/v1/session` and `/api/v1/password`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chimera.tenancy.schemas import Body, Password
from chimera.tenancy.sessions.identity import Device, Person
from chimera.tenancy.sessions.passwords import LONGEST, SHORTEST


class SessionCreate(Body):
    email: str = Field(max_length=320, description="In any spelling.", examples=["owner@chimera.local"])
    password: Password = Field(description="As typed.", examples=["correct horse battery staple"])
    tenant_id: UUID | None = Field(
        None, description="The organisation to act in, for who belongs to several; else the one that was joined first."
    )


class UserRead(BaseModel):
    id: UUID
    email: str = Field(examples=["owner@chimera.local"])
    name: str = Field(examples=["owner"])


class TenantRead(BaseModel):
    id: UUID
    name: str = Field(examples=["My organisation"])


class SessionRead(BaseModel):
    """Who is signed in, and what they may do."""

    user: UserRead
    tenant: TenantRead
    permissions: list[str] = Field(examples=[["chat", "models:read"]])

    @classmethod
    def of(cls, person: Person) -> "SessionRead":
        return cls(
            user=UserRead(id=person.user_id, email=person.email, name=person.name),
            tenant=TenantRead(id=person.tenant_id, name=person.tenant_name),
            permissions=sorted(person.permissions),
        )


class ProofCreate(Body):
    password: Password = Field(description="The present one.", examples=["correct horse battery staple"])


class PasswordUpdate(Body):
    old_password: Password = Field(description="The present one.")
    new_password: Password = Field(
        description="At least 12 characters.",
        examples=["several unrelated words"],
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST},
    )


class DeviceRead(BaseModel):
    """A browser that is signed in."""

    id: UUID
    method: str = Field(description="How it was proved who signs in.", examples=["password+totp"])
    address: str = Field(description="From where.", examples=["192.0.2.7"])
    user_agent: str = Field(description="What the browser said of itself.", examples=["Mozilla/5.0"])
    created_at: datetime
    last_seen_at: datetime = Field(description="To the hour, or more exactly where sessions end sooner.")
    expires_at: datetime
    is_this_one: bool = Field(description="Whether it is the session that asks.")

    @classmethod
    def of(cls, device: Device) -> "DeviceRead":
        return cls(
            id=device.id,
            method=device.method,
            address=device.address,
            user_agent=device.user_agent,
            created_at=device.created_at,
            last_seen_at=device.last_seen_at,
            expires_at=device.expires_at,
            is_this_one=device.is_this_one,
        )


class DeviceList(BaseModel):
    data: list[DeviceRead]

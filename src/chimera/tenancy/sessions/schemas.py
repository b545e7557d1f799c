"""Bodies of `/api/v1/session` and `/api/v1/password`."""

from uuid import UUID

from pydantic import BaseModel, Field

from chimera.tenancy.schemas import Body, Password
from chimera.tenancy.sessions.identity import Person
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

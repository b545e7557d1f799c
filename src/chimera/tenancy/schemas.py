"""Bodies of the HTTP API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, WithJsonSchema

from chimera.tenancy.identity import KeyInfo, NewKey, Person
from chimera.tenancy.passwords import LONGEST, SHORTEST
from chimera.tenancy.permissions import ALL

# No control characters: PostgreSQL refuses NUL, and no list should show the others.
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Password = Annotated[SecretStr, Field(max_length=1024)]
# Told, not enforced here: the service says which one it does not know.
Permission = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(ALL)})]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SessionCreate(Body):
    email: str = Field(max_length=320, description="In any spelling.", examples=["owner@chimera.local"])
    password: Password = Field(description="As typed.", examples=["correct horse battery staple"])


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


class PasswordUpdate(Body):
    old_password: Password = Field(description="The present one.")
    new_password: Password = Field(
        description="At least 12 characters.",
        examples=["several unrelated words"],
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST},
    )


class ApiKeyCreate(Body):
    name: Name = Field(description="What it is for.", examples=["Nightly report"])
    permissions: list[Permission] | None = Field(
        None, max_length=20, description="All of yours when left out; never more.", examples=[["chat"]]
    )
    expires_at: AwareDatetime | None = Field(
        None, description="When it stops working; never when left out.", examples=["2030-01-01T00:00:00Z"]
    )


class ApiKeyRead(BaseModel):
    """A key without its secret."""

    id: UUID
    name: str = Field(examples=["Nightly report"])
    prefix: str = Field(description="How the key begins.", examples=["ck_3fK9aZ1x"])
    permissions: list[str] = Field(examples=[["chat"]])
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the hour.")
    expires_at: datetime | None

    @classmethod
    def of(cls, key: KeyInfo) -> "ApiKeyRead":
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            permissions=sorted(key.permissions),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
        )


class ApiKeyCreated(ApiKeyRead):
    """A new key, with its secret this once."""

    key: str = Field(description="Keep it now: it is not shown again.")

    @classmethod
    def with_secret(cls, made: NewKey) -> "ApiKeyCreated":
        return cls(**ApiKeyRead.of(made.info).model_dump(), key=made.secret)


class ApiKeyList(BaseModel):
    data: list[ApiKeyRead]

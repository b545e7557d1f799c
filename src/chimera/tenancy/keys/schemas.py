"""Bodies of `/api/v1/keys`."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from chimera.tenancy.keys.key import KeyInfo, NewKey
from chimera.tenancy.schemas import Body, Name, Permission


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

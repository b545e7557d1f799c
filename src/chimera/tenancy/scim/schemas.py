"""Bodies of `/api/v1/scim-tokens`."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from chimera.tenancy.schemas import Body, Name
from chimera.tenancy.scim.token import NewToken, TokenInfo


class ScimTokenCreate(Body):
    name: Name = Field(description="Which directory it is for.", examples=["Okta"])
    expires_at: AwareDatetime | None = Field(
        None, description="When it stops working; never when left out.", examples=["2030-01-01T00:00:00Z"]
    )


class ScimTokenRead(BaseModel):
    """A directory's token without its secret."""

    id: UUID
    name: str = Field(examples=["Okta"])
    prefix: str = Field(description="How it begins.", examples=["cs_3fK9aZ1x"])
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the hour.")
    expires_at: datetime | None

    @classmethod
    def of(cls, info: TokenInfo) -> "ScimTokenRead":
        return cls(
            id=info.id,
            name=info.name,
            prefix=info.prefix,
            created_at=info.created_at,
            last_used_at=info.last_used_at,
            expires_at=info.expires_at,
        )


class ScimTokenCreated(ScimTokenRead):
    """A new token, with its secret this once."""

    token: str = Field(description="Keep it now: it is not shown again.")

    @classmethod
    def with_secret(cls, made: NewToken) -> "ScimTokenCreated":
        return cls(**ScimTokenRead.of(made.info).model_dump(), token=made.secret)


class ScimTokenPage(BaseModel):
    """Tokens that were not revoked, newest first."""

    data: list[ScimTokenRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")

"""Bodies of `/api/v1/token` and `/api/v1/token-families`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from chimera.tenancy.schemas import Body, Name, Permission
from chimera.tenancy.tokens.token import FamilyInfo, Issued

RefreshToken = Annotated[SecretStr, Field(max_length=100, examples=["cr_m0J9uPbRk2w8Qx5s7tLz1vN4cY6eGh3aDf0iKoBqTnU"])]


class TokenCreate(Body):
    permissions: list[Permission] | None = Field(
        None, max_length=30, description="All of the credential's when left out; never more.", examples=[["chat"]]
    )
    client: Name | None = Field(None, description="For whom they are, as you call it.", examples=["Phone"])


class TokenRefresh(Body):
    refresh_token: RefreshToken = Field(description="Good once.")


class TokenRead(BaseModel):
    """An access token and what follows it (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer …`.", examples=["eyJhbGciOiJFUzI1NiIs…"])
    token_type: Literal["Bearer"] = Field("Bearer", description="How to send it.")
    expires_in: int = Field(description="Seconds.", examples=[900])
    refresh_token: str = Field(description="Good once, for the next pair.", examples=["cr_m0J9uPbRk2w8Qx5s7tLz…"])
    scope: str = Field(description="Permissions, between spaces.", examples=["chat models:read"])
    family_id: UUID = Field(description="Ends with all that follows from this call.")

    @classmethod
    def of(cls, issued: Issued) -> "TokenRead":
        return cls(
            access_token=issued.access_token,
            expires_in=issued.expires_in_s,
            refresh_token=issued.refresh_token,
            scope=" ".join(sorted(issued.permissions)),
            family_id=issued.family_id,
        )


class TokenFamilyRead(BaseModel):
    """All tokens that follow from one call of `POST /token`."""

    id: UUID
    client: str = Field(examples=["Phone"])
    permissions: list[str] | None = Field(description="`null`: all of the credential's.", examples=[["chat"]])
    key_id: UUID | None = Field(description="The API key with which it began and ends.")
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, family: FamilyInfo) -> "TokenFamilyRead":
        return cls(
            id=family.id,
            client=family.client,
            permissions=None if family.permissions is None else list(family.permissions),
            key_id=family.key_id,
            created_at=family.created_at,
            expires_at=family.expires_at,
        )


class TokenFamilyPage(BaseModel):
    data: list[TokenFamilyRead]
    next_cursor: str | None = Field(description="Where the next page begins.")


class PublicKey(BaseModel):
    """A public key (RFC 7517)."""

    kid: str = Field(examples=["2026-10-30.ES256"])
    kty: str = Field(examples=["EC"])
    alg: str = Field(examples=["ES256"])
    use: str = Field(examples=["sig"])
    crv: str | None = Field(None, examples=["P-256"])
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None


class PublicKeys(BaseModel):
    keys: list[PublicKey]

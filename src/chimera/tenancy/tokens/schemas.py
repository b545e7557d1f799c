"""Bodies of `/api/v1/token` and `/api/v1/token-families`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StrictBool, StringConstraints

from chimera.tenancy.schemas import Body, Name, Permission
from chimera.tenancy.sso.schemas import RolesByGroup
from chimera.tenancy.tokens.issuer import IssuerInfo, IssuerTerms
from chimera.tenancy.tokens.token import FamilyInfo, Issued

RefreshToken = Annotated[SecretStr, Field(max_length=100, examples=["cr_m0J9uPbRk2w8Qx5s7tLz1vN4cY6eGh3aDf0iKoBqTnU"])]

# Printable ASCII: it stands in addresses.
Word = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
Algorithms = Annotated[list[Literal["RS256", "ES256", "PS256", "EdDSA"]], Field(min_length=1, max_length=4)]
Address = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "uri"})]


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


class TokenIssuerCreate(Body):
    """Somebody else whose access tokens are good here."""

    name: Name = Field(description="For people.", examples=["Company login"])
    issuer: Address = Field(
        description="As its tokens say it (`iss`), to the letter.", examples=["https://id.example.com"]
    )
    audience: Word = Field(description="For whom its tokens are (`aud`).", examples=["https://chat.example.com"])
    jwks_url: Address | None = Field(None, description="Its public keys; by discovery when left out.")
    algorithms: Algorithms = Field(["RS256", "ES256"], description="With which its tokens may be signed.")
    subject_claim: Literal["sub", "email"] = Field(
        "sub",
        description="Names the user: by a sign-in at an identity provider of the same issuer, or by verified address.",
    )
    default_role: Name | None = Field(
        None, description="With `email`: who is unknown becomes a user of this role.", examples=["member"]
    )
    group_claim: Word = Field("groups", description="Names the groups.", examples=["groups"])
    roles_by_group: RolesByGroup = Field(
        {}, description="Tokens do no more than the roles of their groups; one of none does what `default_role` may."
    )
    enabled: StrictBool = Field(default=True, description="Whether its tokens are believed.", examples=[True])

    def terms(self) -> IssuerTerms:
        return IssuerTerms(**self.model_dump())


class TokenIssuerUpdate(Body):
    """What is left out stays. Issuer and audience cannot be changed."""

    name: Name | None = Field(None, description="For people.", examples=["Company login"])
    jwks_url: Address | None = Field(None, description="Its public keys; null: found by discovery.")
    algorithms: Algorithms | None = Field(None, description="With which its tokens may be signed.")
    subject_claim: Literal["sub", "email"] | None = Field(None, description="Names the user.")
    default_role: Name | None = Field(
        None, description="Of who is unknown; null: nobody is made a user.", examples=["member"]
    )
    group_claim: Word | None = Field(None, description="Names the groups.", examples=["groups"])
    roles_by_group: RolesByGroup | None = Field(None, description="Replaces all of them.")
    enabled: StrictBool | None = Field(None, description="Whether its tokens are believed.")

    def values(self) -> dict[str, object]:
        said = self.model_dump(exclude_unset=True)
        absent = {"jwks_url", "default_role"}
        return {name: value for name, value in said.items() if value is not None or name in absent}


class TokenIssuerRead(BaseModel):
    id: UUID
    name: str
    issuer: str
    audience: str
    jwks_url: str | None
    algorithms: list[str]
    subject_claim: str
    default_role: str | None
    group_claim: str
    roles_by_group: dict[str, str]
    enabled: bool
    created_at: datetime

    @classmethod
    def of(cls, info: IssuerInfo) -> "TokenIssuerRead":
        terms = info.terms
        return cls(
            id=info.id,
            name=terms.name,
            issuer=terms.issuer,
            audience=terms.audience,
            jwks_url=terms.jwks_url,
            algorithms=list(terms.algorithms),
            subject_claim=terms.subject_claim,
            default_role=terms.default_role,
            group_claim=terms.group_claim,
            roles_by_group=dict(terms.roles_by_group),
            enabled=terms.enabled,
            created_at=info.created_at,
        )


class TokenIssuerPage(BaseModel):
    data: list[TokenIssuerRead]
    next_cursor: str | None = Field(description="Where the next page begins.")

"""Bodies of `/api/v1/sso` and `/api/v1/identity-providers`."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StrictBool, StringConstraints

from chimera.tenancy.schemas import Body, Name
from chimera.tenancy.sso.discovery import Metadata
from chimera.tenancy.sso.provider import Change, ProviderInfo, Terms

CALLBACK: Final = "/api/v1/sso/callback"
BACK_CHANNEL: Final = "/api/v1/sso/backchannel-logout"

_DOMAIN: Final = r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"
Domain = Annotated[str, StringConstraints(max_length=253, pattern=_DOMAIN)]
# Printable ASCII: it stands in addresses and headers.
Word = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
RoleName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")]
Issuer = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "uri"})]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]
Domains = Annotated[list[Domain], Field(min_length=1, max_length=50, examples=[["example.com"]])]
Scopes = Annotated[list[Word], Field(max_length=20, examples=[["profile", "email"]])]
RolesByGroup = Annotated[
    dict[GroupName, RoleName],
    # Without the last one it would be described as taking names of groups that fit no pattern.
    Field(max_length=200, examples=[{"Chimera admins": "admin"}], json_schema_extra={"additionalProperties": False}),
]


class IdentityProviderCreate(Body):
    name: Name = Field(description="As people choose it at sign-in.", examples=["Example login"])
    issuer: Issuer = Field(
        description="As the provider says it itself, to the letter; it cannot be changed later.",
        examples=["https://login.example.com"],
    )
    client_id: Word = Field(description="What Chimera is called there.", examples=["chimera"])
    client_secret: Secret | None = Field(None, description="Left out for a public client.", examples=["s3cret"])
    scopes: Scopes = Field(["profile", "email"], description="Asked for beside `openid`.")
    domains: Domains = Field(description="Of the addresses that the provider may speak for.")
    group_claim: Word = Field("groups", description="Names the groups.", examples=["groups"])
    roles_by_group: RolesByGroup = Field(
        {}, description="Looked at with every sign-in: of several roles the one that may do most."
    )
    default_role: RoleName | None = Field(
        "member", description="Of those in none of these groups; null: they are refused.", examples=["member"]
    )
    just_in_time: StrictBool = Field(
        default=False, description="Whether who is unknown becomes a user.", examples=[True]
    )
    enabled: StrictBool = Field(default=True, description="Whether anybody may sign in there.", examples=[True])

    def terms(self) -> Terms:
        return Terms(**self.model_dump(exclude={"issuer", "client_secret"}))


class IdentityProviderUpdate(Body):
    """What is left out stays. Disabled, all sessions that it vouched for end."""

    name: Name | None = Field(None, description="As people choose it at sign-in.", examples=["Example login"])
    client_id: Word | None = Field(None, description="What Chimera is called there.", examples=["chimera"])
    client_secret: Secret | None = Field(None, description="Null makes it a public client.", examples=["s3cret"])
    scopes: Scopes | None = Field(None, description="Asked for beside `openid`.")
    domains: Domains | None = Field(None, description="Of the addresses that the provider may speak for.")
    group_claim: Word | None = Field(None, description="Names the groups.", examples=["groups"])
    roles_by_group: RolesByGroup | None = Field(None, description="Replaces all of them.")
    default_role: RoleName | None = Field(
        None, description="Of those in none of these groups; null: they are refused.", examples=["member"]
    )
    just_in_time: StrictBool | None = Field(None, description="Whether who is unknown becomes a user.")
    enabled: StrictBool | None = Field(None, description="Whether anybody may sign in there.")

    def change(self) -> Change:
        said = self.model_dump(exclude_unset=True, exclude={"client_secret"})
        secret = self.client_secret
        return Change(
            values={name: value for name, value in said.items() if value is not None or name == "default_role"},
            client_secret=None if secret is None else secret.get_secret_value(),
            sets_secret="client_secret" in self.model_fields_set,
        )


class IdentityProviderRead(BaseModel):
    """An identity provider, without its secret."""

    id: UUID
    name: str = Field(examples=["Example login"])
    issuer: str = Field(examples=["https://login.example.com"])
    client_id: str = Field(examples=["chimera"])
    has_secret: bool
    scopes: list[str]
    domains: list[str]
    proven_domains: list[str] = Field(description="Those of them whose web sites named the organisation.")
    group_claim: str
    roles_by_group: dict[str, str]
    default_role: str | None
    just_in_time: bool
    enabled: bool
    redirect_uri: str = Field(description="To be entered at the provider.")
    backchannel_logout_uri: str = Field(description="To be entered at the provider, where it has such a field.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, info: ProviderInfo, origin: str) -> "IdentityProviderRead":
        terms = info.terms
        return cls(
            id=info.id,
            name=terms.name,
            issuer=info.issuer,
            client_id=terms.client_id,
            has_secret=info.has_secret,
            scopes=list(terms.scopes),
            domains=list(terms.domains),
            proven_domains=list(info.proven_domains),
            group_claim=terms.group_claim,
            roles_by_group=dict(terms.roles_by_group),
            default_role=terms.default_role,
            just_in_time=terms.just_in_time,
            enabled=terms.enabled,
            redirect_uri=f"{origin}{CALLBACK}",
            backchannel_logout_uri=f"{origin}{BACK_CHANNEL}/{info.id}",
            created_at=info.created_at,
            updated_at=info.updated_at,
        )


class IdentityProviderPage(BaseModel):
    """Identity providers, newest first."""

    data: list[IdentityProviderRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class IdentityProviderCheck(BaseModel):
    """What a provider says of itself, or why it cannot be used."""

    usable: bool
    problem: str | None = Field(description="What is wrong.")
    authorization_endpoint: str | None
    token_endpoint: str | None
    jwks_uri: str | None
    userinfo_endpoint: str | None

    @classmethod
    def of(cls, found: Metadata | str) -> "IdentityProviderCheck":
        good = None if isinstance(found, str) else found
        return cls(
            usable=good is not None,
            problem=found if isinstance(found, str) else None,
            authorization_endpoint=good and good.authorization_endpoint,
            token_endpoint=good and good.token_endpoint,
            jwks_uri=good and good.jwks_uri,
            userinfo_endpoint=good and good.userinfo_endpoint,
        )


class SignInOption(BaseModel):
    """A provider where one may sign in: `GET /api/v1/sso/{id}/start` leads there."""

    id: UUID
    name: str = Field(examples=["Example login"])


class SignInOptions(BaseModel):
    data: list[SignInOption]

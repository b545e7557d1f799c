"""Bodies of `/api/v1/keys`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints

from chimera.kit.numbers import number
from chimera.tenancy.keys.bounds import Bounds, networks_read
from chimera.tenancy.keys.key import KeyInfo, NewKey
from chimera.tenancy.schemas import Body, ModelPattern, Name, Permission

WEEK_S = 604_800
_MOST_A_MINUTE = 100_000_000

Network = Annotated[str, StringConstraints(min_length=2, max_length=50, pattern=r"^[0-9A-Fa-f:./]+$")]
Models = Annotated[
    list[ModelPattern] | None,
    Field(
        min_length=1,
        max_length=100,
        description="Which models it may ask: ids, beginnings with `*`, aliases; null for all that its user may.",
        examples=[["openai/*", "anthropic/claude-haiku-4-5"]],
    ),
]
Networks = Annotated[
    list[Network] | None,
    Field(
        min_length=1,
        max_length=50,
        description="Of which its requests may come; null for any.",
        examples=[["192.0.2.0/24", "2001:db8::/32"]],
    ),
]
Expiry = Annotated[
    AwareDatetime | None,
    Field(description="When it stops working; null for never.", examples=["2030-01-01T00:00:00Z"]),
]
AMinute = Annotated[
    Annotated[int, Field(ge=1, le=_MOST_A_MINUTE), BeforeValidator(number)] | None,
    Field(description="Null: as the policy says of every key.", examples=[60]),
]


class _Narrowed(Body):
    models: Models = None
    networks: Networks = None
    expires_at: Expiry = None
    requests_per_minute: AMinute = None
    tokens_per_minute: AMinute = None

    def bounds_in(self, present: Bounds) -> Bounds:
        """The bounds with what the body says of them. Raises InvalidRequestError if a network is none."""

        def said(name: str) -> bool:
            return name in self.model_fields_set

        networks = None if self.networks is None else networks_read(self.networks)
        models = None if self.models is None else tuple(dict.fromkeys(self.models))
        return Bounds(
            models=models if said("models") else present.models,
            networks=networks if said("networks") else present.networks,
            expires_at=self.expires_at if said("expires_at") else present.expires_at,
            requests_per_minute=self.requests_per_minute
            if said("requests_per_minute")
            else present.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute if said("tokens_per_minute") else present.tokens_per_minute,
        )


class ApiKeyCreate(_Narrowed):
    name: Name = Field(description="What it is for.", examples=["Nightly report"])
    permissions: list[Permission] | None = Field(
        None, max_length=50, description="All of yours when left out; never more.", examples=[["chat"]]
    )
    user_id: UUID | None = Field(
        None,
        description="The service account that it acts for, with `keys:manage`; yourself when left out.",
        examples=["01890a5d-ac96-774b-bcce-b302099a8057"],
    )


class ApiKeyUpdate(_Narrowed):
    """What is left out stays. `null` takes a limit away."""

    name: Name | None = Field(None, examples=["Weekly report"])


class ApiKeyRotate(Body):
    overlap_s: Annotated[int, BeforeValidator(number)] = Field(
        0, ge=0, le=WEEK_S, description="How long the old secret works as well", examples=[86_400]
    )


class ApiKeyRead(BaseModel):
    """A key without its secret."""

    id: UUID
    user_id: UUID = Field(description="Whom it acts for.")
    name: str = Field(examples=["Nightly report"])
    prefix: str = Field(description="How the key begins.", examples=["ck_3fK9aZ1x"])
    permissions: list[str] = Field(examples=[["chat"]])
    models: list[str] | None = Field(description="Which models it may ask; null for all that its user may.")
    networks: list[str] | None = Field(description="Of which its requests may come; null for any.")
    requests_per_minute: int | None
    tokens_per_minute: int | None
    made_by_key: UUID | None = Field(description="The key with which it was made; it is revoked with that.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the hour.")
    expires_at: datetime | None
    former_until: datetime | None = Field(description="How long the secret before the last rotation works as well.")

    @classmethod
    def of(cls, key: KeyInfo) -> "ApiKeyRead":
        bounds = key.bounds
        return cls(
            id=key.id,
            user_id=key.user_id,
            name=key.name,
            prefix=key.prefix,
            permissions=sorted(key.permissions),
            models=None if bounds.models is None else list(bounds.models),
            networks=None if bounds.networks is None else list(bounds.networks),
            requests_per_minute=bounds.requests_per_minute,
            tokens_per_minute=bounds.tokens_per_minute,
            made_by_key=key.made_by_key,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=bounds.expires_at,
            former_until=key.former_until,
        )


class ApiKeyCreated(ApiKeyRead):
    """A new key or secret, shown this once."""

    key: str = Field(description="Keep it now: it is not shown again.")

    @classmethod
    def with_secret(cls, made: NewKey) -> "ApiKeyCreated":
        return cls(**ApiKeyRead.of(made.info).model_dump(), key=made.secret)


class ApiKeyPage(BaseModel):
    data: list[ApiKeyRead]
    next_cursor: str | None = Field(description="Where the next page begins; null after the last")

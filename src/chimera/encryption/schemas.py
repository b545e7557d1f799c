"""Bodies of `/api/v1/encryption` and `/api/v1/provider-connections`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, StrictBool

from chimera.kit.numbers import number
from chimera.tenancy.schemas import Body, Name

# Printable ASCII, as it must be in a header.
Credential = Annotated[SecretStr, Field(min_length=1, max_length=4000, examples=["sk-…"])]


ProviderName = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9][a-z0-9_.-]*$", examples=["openai"])]


class DataKeyRead(BaseModel):
    """A key of the organisation. What it is, nobody is told."""

    id: UUID
    version: int = Field(examples=[1])
    created_at: datetime
    retired_at: datetime | None = Field(description="Since when it opens, but seals no more.")
    destroyed_at: datetime | None = Field(description="Since when nothing that it sealed can be read.")


class DataKeyList(BaseModel):
    data: list[DataKeyRead] = Field(description="Oldest first; empty until something is sealed.")
    receipt_keys: list[str] = Field(
        description="Ed25519 public keys, in hex, of receipts signed here: the newest last.", examples=[["d75a98018…"]]
    )


class RotationRead(BaseModel):
    """What a rotation did."""

    data: list[DataKeyRead] = Field(description="All keys, oldest first.")
    resealed: int = Field(description="Values that the new key seals now.", examples=[12])
    unopened: int = Field(description="Values that no key opens any more.", examples=[0])


class ReceiptRead(BaseModel):
    """A signed statement of what cannot be brought back."""

    text: str = Field(description="JSON, as it was signed.", examples=['{"statement":"data keys destroyed"}'])
    key: str = Field(description="The Ed25519 public key in hex; one of `receipt_keys`.")
    signature: str = Field(description="Ed25519, of the text in UTF-8, in hex.")


class ConnectionCreate(Body):
    name: Name = Field(description="What it is called.", examples=["Our account"])
    kind: Literal["anthropic", "deepseek", "gemini", "openai", "openai_compatible", "openrouter"] = Field(
        examples=["openai"]
    )
    base_url: str | None = Field(
        None,
        max_length=2000,
        description="Where the provider's paths lie, by https; its usual address when left out. It never changes.",
        examples=["https://llm.example.com/v1"],
    )
    credential: Credential = Field(description="Its API key. It is kept sealed, and never shown again.")
    provider: ProviderName | None = Field(
        None,
        description="Its name in ids of models (`openai` in `openai/gpt-5`); its kind when left out. It never changes.",
    )
    fallback_to_house: StrictBool = Field(
        default=False,
        description="Whether the accounts of this installation may be asked when this one cannot answer. "
        "Else what was meant for it goes to no other, but to fallbacks that the request or your policy names.",
        examples=[False],
    )


class ConnectionUpdate(Body):
    """What is left out stays as it is."""

    name: Name | None = Field(None, description="What it is called.", examples=["Our account"])
    enabled: StrictBool | None = Field(
        None,
        description="Off, no call goes to it any more, and those under way end within 5 seconds.",
        examples=[False],
    )
    fallback_to_house: StrictBool | None = Field(
        None, description="Whether the accounts of this installation may stand in.", examples=[True]
    )


class CredentialRotate(Body):
    credential: Credential = Field(description="The new API key, for the same address.")
    keep_former_s: Annotated[int, BeforeValidator(number)] = Field(
        0, ge=0, le=2_592_000, description="Seconds for which the one before is kept.", examples=[3600]
    )


class ConnectionRead(BaseModel):
    """An account at a provider, without its credential."""

    id: UUID
    name: str = Field(examples=["Our account"])
    kind: str = Field(examples=["openai"])
    provider: str = Field(description="Its name in ids of models.", examples=["openai"])
    base_url: str = Field(examples=["https://api.openai.com/v1"])
    enabled: bool
    fallback_to_house: bool
    created_by: UUID
    created_at: datetime
    updated_at: datetime = Field(description="When its credential was given.")
    former_until: datetime | None = Field(description="Until when the credential before it is kept.")
    last_used_at: datetime | None


class ConnectionList(BaseModel):
    data: list[ConnectionRead] = Field(description="Oldest first; at most 100.")


class ConnectionChecked(BaseModel):
    outcome: str = Field(
        description="`ok`; `wrong_key`: the provider does not know the credential; `refused`: it knows it, but this "
        "may not be done with it, or no credit is left; `rate_limited`; `wrong_address`: something else answers there; "
        "`unreachable`: nobody does, or the address may not be asked; `failed`: the provider is in trouble; "
        "`credential_unreadable`: the key that sealed it was destroyed.",
        examples=["ok"],
    )

"""Bodies of `/api/v1/encryption` and `/api/v1/provider-connections`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from chimera.tenancy.schemas import Body, Name

# Printable ASCII, as it must be in a header.
Credential = Annotated[SecretStr, Field(min_length=1, max_length=4000, examples=["sk-…"])]


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


class CredentialRotate(Body):
    credential: Credential = Field(description="The new API key, for the same address.")
    keep_former_s: int = Field(
        0, ge=0, le=2_592_000, description="Seconds for which the one before is kept.", examples=[3600]
    )


class ConnectionRead(BaseModel):
    """An account at a provider, without its credential."""

    id: UUID
    name: str = Field(examples=["Our account"])
    kind: str = Field(examples=["openai"])
    base_url: str = Field(examples=["https://api.openai.com/v1"])
    created_by: UUID
    created_at: datetime
    updated_at: datetime = Field(description="When its credential was given.")
    former_until: datetime | None = Field(description="Until when the credential before it is kept.")
    last_used_at: datetime | None


class ConnectionList(BaseModel):
    data: list[ConnectionRead] = Field(description="Oldest first; at most 100.")


class ConnectionChecked(BaseModel):
    outcome: str = Field(
        description="`ok`; `refused`: the provider does not take the credential; `failed`: it answers with an error; "
        "else what the network did, such as `timeout`, `unreachable` or `address_refused`.",
        examples=["ok"],
    )

"""Bodies of `/api/v1/encryption`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


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

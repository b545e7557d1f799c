"""Bodies of `/api/v1/audit`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chimera.audit.chain import Entry


class AuditEntryRead(BaseModel):
    """Something that somebody did."""

    number: int = Field(description="From 1, without a gap.", examples=[42])
    id: UUID
    created_at: datetime
    actor_id: UUID | None = Field(description="Who did it; null for the server itself.")
    key_id: UUID | None = Field(description="With which API key, if with one.")
    act: str = Field(examples=["key.created"])
    outcome: str = Field(description="`ok`, or the code of the error.", examples=["ok"])
    target_kind: str = Field(examples=["key"])
    target_id: str
    address: str = Field(description="Of the client, where it is known.", examples=["192.0.2.7"])
    request_id: str
    details: str = Field(description="JSON, as it was hashed.", examples=['{"name":"Nightly report"}'])
    previous_hash: str
    hash: str = Field(description="SHA-256 over all the others.")

    @classmethod
    def of(cls, entry: Entry) -> "AuditEntryRead":
        return cls.model_validate(entry, from_attributes=True)


class AuditEntryPage(BaseModel):
    data: list[AuditEntryRead]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last")


class AuditKeyRead(BaseModel):
    """With what checkpoints can be checked."""

    name: str = Field(description="The beginning of its SHA-256.", examples=["5f0c9d1ab2e45f0c"])
    algorithm: str = Field(examples=["Ed25519"])
    public_key: str = Field(description="32 bytes in hexadecimal.")


class AuditKeyList(BaseModel):
    data: list[AuditKeyRead]

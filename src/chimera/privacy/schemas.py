"""Bodies of `/api/v1/privacy`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chimera.tenancy.schemas import Body

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]+$")]
_CONVERSATION = "0199c3f4-0000-7000-8000-000000000000"
_USER = "01890a5d-ac96-774b-bcce-b302099a8057"


class ExportCreate(Body):
    user_id: UUID | None = Field(None, description="Whose data; yours when left out.", examples=[_USER])


class ErasureCreate(Body):
    user_id: UUID = Field(description="Who is removed, with all that is theirs.", examples=[_USER])


class ErasureRead(BaseModel):
    """An erasure, and the receipt once it is done."""

    id: UUID
    user_id: UUID
    requested_by: UUID
    state: Literal["running", "done", "stopped"] = Field(
        description="`stopped`: a legal hold was placed before it was done."
    )
    counts: dict[str, int] = Field(description="Rows erased so far, by table.", examples=[{"conversations": 12}])
    created_at: datetime
    done_at: datetime | None
    receipt: str = Field(description="JSON, as it was signed; empty until it is done.")
    key: str = Field(description="Ed25519 public key in hex; see `GET /api/v1/encryption/keys`.")
    signature: str = Field(description="Of the receipt in UTF-8, in hex.")


class ErasurePage(BaseModel):
    data: list[ErasureRead]
    next_cursor: str | None = Field(description="Ask with it as `cursor` for the next page; null after the last.")


class RetentionKind(BaseModel):
    days: int | None = Field(description="As the policy says; null: it is kept.", examples=[365])
    rows: int = Field(description="How many would be erased now.", examples=[12])


class RetentionPreview(BaseModel):
    """What the next round would erase."""

    held: bool = Field(description="Whether a legal hold of the whole organisation lets nothing be erased.")
    kinds: dict[str, RetentionKind] = Field(examples=[{"conversations": {"days": 365, "rows": 12}}])


class LegalHoldCreate(Body):
    user_id: UUID | None = Field(
        None, description="Whose data is kept; the whole organisation's when left out.", examples=[_USER]
    )
    conversation_id: UUID | None = Field(
        None, description="Which conversation alone is kept, whosever it is.", examples=[_CONVERSATION]
    )
    reason: Reason = Field(description="Why, for whoever reads it later.", examples=["Case 2026/117"])


class LegalHoldRead(BaseModel):
    id: UUID
    user_id: UUID | None = Field(description="Whose; null for the whole organisation's.")
    conversation_id: UUID | None = Field(description="Which conversation alone; null for all that is theirs.")
    reason: str = Field(examples=["Case 2026/117"])
    created_by: UUID
    created_at: datetime
    released_at: datetime | None


class LegalHoldList(BaseModel):
    data: list[LegalHoldRead] = Field(description="Newest first.")

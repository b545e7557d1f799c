"""A directory's credential, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """Without its secret."""

    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """With its secret, the only time that it is known."""

    info: TokenInfo
    secret: str = field(repr=False)

"""A key, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """A key without its secret."""

    id: UUID
    name: str
    prefix: str
    permissions: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key with its secret, the only time that it is known."""

    info: KeyInfo
    secret: str = field(repr=False)

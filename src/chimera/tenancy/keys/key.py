"""A key, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chimera.tenancy.keys.bounds import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a new key is to be.

    Attributes:
        permissions: `None`: all of whoever makes it.
        user_id: Whom it acts for; `None`: whoever makes it.
        bounds: What narrows it; what is `None` there is as narrow as for whoever makes it.
    """

    name: str
    permissions: tuple[str, ...] | None = None
    user_id: UUID | None = None
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """A key without its secret.

    Attributes:
        user_id: Whom it acts for.
        made_by_key: The key with which it was made, if it was made with one; it ends with that.
        former_until: How long the secret before the last rotation is good as well.
    """

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    permissions: frozenset[str]
    bounds: Bounds
    made_by_key: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    former_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key with its secret, the only time that it is known."""

    info: KeyInfo
    secret: str = field(repr=False)

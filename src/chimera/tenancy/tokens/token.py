"""Tokens and their families, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks a family of tokens for.

    Attributes:
        permissions: `None`: all that the credential has.
        client: For whom they are, as the caller calls it.
    """

    permissions: Sequence[str] | None
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Tokens, the only time that they are known.

    Attributes:
        expires_in_s: Of the access token.
    """

    family_id: UUID
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: int
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyInfo:
    """All tokens that follow from one beginning, without any of them."""

    id: UUID
    client: str
    permissions: Sequence[str] | None
    key_id: UUID | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    families: Sequence[FamilyInfo]
    next_cursor: str | None

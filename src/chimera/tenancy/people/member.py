"""Users, groups and invitations, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

UserKind: TypeAlias = Literal["person", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user, as the organisation sees it.

    Attributes:
        email: `None` for a service account.
        suspended_at: Since when it does not get in.
    """

    id: UUID
    kind: UserKind
    email: str | None
    name: str
    role: str
    groups: Sequence[TeamName]
    operator: bool
    created_at: datetime
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """What is to be changed of a user; `None` stays."""

    name: str | None = None
    role: str | None = None
    suspended: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which users are listed.

    Attributes:
        search: Part of a name or address, in any case.
    """

    search: str | None = None
    role: str | None = None
    group_id: UUID | None = None
    kind: UserKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group.

    Attributes:
        role: What its members may do beside what their own role gives; `None`: no more.
    """

    id: UUID
    name: str
    description: str
    role: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTerms:
    name: str
    description: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An address that may become a user."""

    id: UUID
    email: str
    role: str
    group_ids: Sequence[UUID]
    invited_by: UUID
    created_at: datetime
    expires_at: datetime

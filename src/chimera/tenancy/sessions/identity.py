"""Who is signed in, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in, to be shown to them."""

    user_id: UUID
    email: str
    name: str
    tenant_id: UUID
    tenant_name: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session. The token is the cookie's value; it is kept only as a hash."""

    person: Person
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser that is signed in, without its token.

    Attributes:
        is_this_one: Whether it is the session that asks.
    """

    id: UUID
    method: str
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_this_one: bool

"""Who somebody is and what they hold, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chimera.tenancy.errors import InvalidEmailError

_LONGEST = 254


def normalised(email: str) -> str:
    """The one spelling under which an address is kept and found: trimmed and in lower case.

    Raises:
        InvalidEmailError: if it cannot be an address. Whether it exists only a message to it could show.
    """
    address = email.strip().lower()
    name, _, domain = address.rpartition("@")
    if not name or not domain or len(address) > _LONGEST or not address.isprintable() or " " in address:
        raise InvalidEmailError("This is not an e-mail address.", field="email")
    return address


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

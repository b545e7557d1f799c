"""Second factors and passkeys, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTotp:
    """A secret, to be shown once: to be typed in, and as the address of a QR code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a person has beside the password."""

    totp_since: datetime | None
    recovery_codes_left: int
    passkeys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyInfo:
    """A passkey, as its person sees it.

    Attributes:
        backed_up: Whether it is kept with the person's account elsewhere, and so outlives the device.
    """

    id: UUID
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the browser is given, and the token that comes back with its answer."""

    step: str
    options: dict[str, Any]

"""Second factors and passkeys, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime


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

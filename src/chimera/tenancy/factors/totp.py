"""Codes of authenticator apps: RFC 6238 over RFC 4226, with SHA-1, six digits and 30 s, as every app takes them."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20
# A clock may be one step off, either way.
_NEAR: Final = (0, -1, 1)


def new_secret() -> bytes:
    """160 random bits, as long as SHA-1's output (RFC 4226, section 4)."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step: steps are counted from 1970, 30 s each."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """Of which step the code is, among this one and its neighbours. Every one is compared, in constant time."""
    this = int(now.timestamp()) // STEP_S
    found = None
    for offset in _NEAR:
        if hmac.compare_digest(code_at(secret, this + offset).encode(), code.encode("utf-8", "replace")):
            found = this + offset
    return found


def shown_secret(secret: bytes) -> str:
    """As it is typed into an app that cannot read the picture."""
    return base64.b32encode(secret).decode().rstrip("=")


def address_of(secret: bytes, *, issuer: str, account: str) -> str:
    """The `otpauth://` address that apps read from a QR code."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    parameters = f"secret={shown_secret(secret)}&issuer={quote(issuer, safe='')}&digits={DIGITS}&period={STEP_S}"
    return f"otpauth://totp/{label}?{parameters}"

"""What our signed access tokens say, and whether it may be believed. Pure: keys are given, nothing is asked.

Rules: RFC 9068 (access tokens as JWT), RFC 8725 (best current practice of JWT). A header names an algorithm, a key and
the type, and nothing else: no key of its own, no address of one, no extension.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

Algorithm: TypeAlias = Literal["ES256", "RS256"]
Jwk: TypeAlias = Mapping[str, str]

TYPE: Final = "at+jwt"
LONGEST: Final = timedelta(hours=1)
# Clocks of replicas differ by little; an end is never prolonged.
_LEEWAY_S: Final = 30
_HEADER: Final = {"alg", "kid", "typ"}
_OF_ID_TOKENS: Final = {"nonce", "at_hash", "c_hash", "s_hash"}
_CLAIMS: Final = {"iss", "aud", "sub", "tid", "fam", "exp", "nbf", "iat", "jti", "scope"}


class UnbelievableTokenError(Exception):
    """A token, or what it says, does not hold. Its text is a constant of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peeked:
    """What a token says before anybody has checked it: good for finding out whose it is, and for nothing else."""

    header: Mapping[str, Any]
    issuer: str
    audience: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an access token of ours lets do."""

    tenant_id: UUID
    user_id: UUID
    family_id: UUID
    permissions: frozenset[str]
    expires_at: datetime


def peeked(token: bytes) -> Peeked:
    """Read a token that nobody has checked.

    Raises:
        UnbelievableTokenError: if it is no compact JWS that says who issued it.
    """
    parts = token.split(b".")
    if len(parts) != 3 or not token.isascii():
        raise UnbelievableTokenError("form")
    header, claims = (_object(part) for part in parts[:2])
    issuer, audience = claims.get("iss"), claims.get("aud")
    if isinstance(audience, list):
        audience = audience[0] if len(audience) == 1 else None
    if not isinstance(issuer, str) or not (audience is None or isinstance(audience, str)):
        raise UnbelievableTokenError("iss")
    return Peeked(header=header, issuer=issuer, audience=audience)


def key_named(header: Mapping[str, Any]) -> str:
    """The key that a header of ours names.

    Raises:
        UnbelievableTokenError: if the header is none of ours.
    """
    if header.keys() != _HEADER or header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise UnbelievableTokenError("header")
    return str(header["kid"])


def signed(claims: Mapping[str, Any], key: Any, *, kid: str, algorithm: Algorithm) -> str:
    """Sign claims with a private key of joserfc."""
    header = {"alg": algorithm, "kid": kid, "typ": TYPE}
    token: str = import_module("joserfc.jwt").encode(header, dict(claims), key, algorithms=[algorithm])
    return token


def believed(token: bytes, key: Any, algorithm: Algorithm, *, issuer: str, now: datetime) -> Access:
    """Believe a token of ours.

    Args:
        token: As it was sent.
        key: Public, of joserfc: the one that its header names.
        algorithm: The key's; the header's counts for nothing.
        issuer: What we call ourselves, as issuer and as audience.
        now: For its times.

    Raises:
        UnbelievableTokenError: if the signature, a time, the issuer or anything else does not hold.
    """
    claims = _ours(token, key, algorithm, issuer=issuer)
    expires, begins, issued = (_moment(claims[name]) for name in ("exp", "nbf", "iat"))
    at = now.timestamp()
    if expires <= at or max(begins, issued) > at + _LEEWAY_S or expires - issued > LONGEST.total_seconds():
        raise UnbelievableTokenError("time")
    return _access(claims, expires)


def signed_for(token: bytes, key: Any, algorithm: Algorithm, *, issuer: str) -> Access:
    """What a token of ours says, whether it is good now or not.

    Raises:
        UnbelievableTokenError: if we did not sign it.
    """
    claims = _ours(token, key, algorithm, issuer=issuer)
    return _access(claims, _moment(claims["exp"]))


def _ours(token: bytes, key: Any, algorithm: Algorithm, *, issuer: str) -> Mapping[str, Any]:
    claims = _verified(token, key, algorithm)
    if claims.keys() != _CLAIMS or claims["iss"] != issuer or claims["aud"] != issuer:
        raise UnbelievableTokenError("claims")
    return claims


def _access(claims: Mapping[str, Any], expires: int) -> Access:
    if not isinstance(claims["scope"], str):
        raise UnbelievableTokenError("scope")
    return Access(
        tenant_id=_id(claims["tid"]),
        user_id=_id(claims["sub"]),
        family_id=_id(claims["fam"]),
        permissions=frozenset(claims["scope"].split()),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


def check_foreign(claims: Mapping[str, Any], *, issuer: str, audience: str, now: datetime) -> datetime:
    """Believe what another issuer's token says, whose signature holds, or not; return when it ends.

    Raises:
        UnbelievableTokenError: if it is not theirs, not for us, not of now, or one that proves a sign-in (an ID token).
    """
    said = claims.get("aud")
    if claims.get("iss") != issuer or audience not in (said if isinstance(said, list) else [said]):
        raise UnbelievableTokenError("claims")
    if _OF_ID_TOKENS & claims.keys():
        raise UnbelievableTokenError("an ID token")
    expires = _seconds(claims.get("exp"))
    begins = max(_seconds(claims.get(name, 0)) for name in ("nbf", "iat"))
    if expires <= now.timestamp() or begins > now.timestamp() + _LEEWAY_S:
        raise UnbelievableTokenError("time")
    return datetime.fromtimestamp(expires, UTC)


def _verified(token: bytes, key: Any, algorithm: Algorithm) -> Mapping[str, Any]:
    jwt, errors = import_module("joserfc.jwt"), import_module("joserfc.errors")
    try:
        claims: Mapping[str, Any] = jwt.decode(token.decode("ascii"), key, algorithms=[algorithm]).claims
    except (errors.JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnbelievableTokenError("signature") from error
    return claims


def _object(part: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise UnbelievableTokenError("form") from error
    if not isinstance(read, dict):
        raise UnbelievableTokenError("form")
    return read


def _moment(value: object) -> int:
    # Whole seconds, as we write them; True is an int to Python.
    if type(value) is not int or not 0 <= value < 1 << 36:
        raise UnbelievableTokenError("time")
    return value


def _seconds(value: object) -> float:
    """As others write them: RFC 7519 allows fractions."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 36:
        raise UnbelievableTokenError("time")
    return value


def _id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise UnbelievableTokenError("id") from error

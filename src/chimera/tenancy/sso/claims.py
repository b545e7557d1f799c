"""What a provider says in a signed token, and whether that may be believed. Pure: keys are given, nothing is asked.

Rules: OpenID Connect Core 1.0, 3.1.3.7; Back-Channel Logout 1.0, 2.6; RFC 8725 (best current practice of JWT).
"""

import base64
import hashlib
import json
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from importlib import import_module
from typing import Any, Final, TypeAlias

Claims: TypeAlias = Mapping[str, Any]

ALGORITHMS: Final = ("RS256", "ES256", "PS256", "EdDSA", "Ed25519")
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY_S: Final = 60
# Core 1.0, 3.1.3.6: at_hash is made with the hash of the signature's algorithm; EdDSA's is SHA-512.
_HASHES: Final = {"RS256": "sha256", "ES256": "sha256", "PS256": "sha256", "EdDSA": "sha512", "Ed25519": "sha512"}
_LONGEST_TOKEN: Final = 65_536
_LONGEST_LOGOUT_AGE_S: Final = 300
_LONGEST_SUBJECT: Final = 255
_LONGEST_TEXT: Final = 320
_MOST_GROUPS: Final = 1000
# Google's own rule: only `hd` proves that an account is the organisation's.
# https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
_GOOGLE: Final = "https://accounts.google.com"


class UnbelievableError(Exception):
    """A token, or what it says, does not hold. Its text is a constant of ours, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Of a token that nobody has checked yet: good for finding the key, and for nothing else."""

    algorithm: str
    key_id: str | None
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to be meant for us, now."""

    issuer: str
    client_id: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Who the provider says that somebody is.

    Attributes:
        email: `None` where it names no address that could be one.
        verified: Whether it says that the address is theirs.
        session: What it calls its session (`sid`).
    """

    subject: str
    email: str | None
    verified: bool | None
    name: str
    groups: tuple[str, ...]
    session: str | None
    hosted_domain: str | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """Whose sessions the provider ended: at least one of `subject` and `session` is said."""

    subject: str | None
    session: str | None
    token_id: str


def header_of(token: str) -> Header:
    """Read the header of a compact JWS.

    Raises:
        UnbelievableError: if it is none, or of an algorithm that is never believed.
    """
    if len(token) > _LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
        raise UnbelievableError("no compact JWS")
    try:
        part = token.partition(".")[0]
        read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise UnbelievableError("no JWS header") from error
    if not isinstance(read, dict) or read.get("alg") not in ALGORITHMS:
        raise UnbelievableError("algorithm")
    key_id, type_ = read.get("kid"), read.get("typ", "")
    if not isinstance(type_, str) or not (key_id is None or isinstance(key_id, str)):
        raise UnbelievableError("header")
    return Header(algorithm=read["alg"], key_id=key_id, type=type_.lower().removeprefix("application/"))


def verified(token: str, key: Claims) -> Claims:
    """Return the claims of a token that this public key (a JWK) signed.

    Raises:
        UnbelievableError: if it did not.
    """
    jwt, jws, jwk, errors = (import_module(f"joserfc.{name}") for name in ("jwt", "jws", "jwk", "errors"))
    header = header_of(token)
    # RFC 9864 calls EdDSA over this curve by the curve's name; providers say either.
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_payload_length = _LONGEST_TOKEN
    try:
        with _unwarned():
            claims: Claims = jwt.decode(token, jwk.import_key(dict(key)), registry=registry).claims
    except (errors.JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnbelievableError(f"signature of {header.algorithm}") from error
    return claims


def check_identity(claims: Claims, expected: Expected, *, nonce: str) -> None:
    """Believe an ID token whose signature holds, or not.

    Raises:
        UnbelievableError: if it is not for us, not of now, or answers another question than ours.
    """
    _check_common(claims, expected)
    if not _same(claims.get("nonce"), nonce):
        raise UnbelievableError("nonce")
    if "events" in claims:
        raise UnbelievableError("a logout token")
    authorised = claims.get("azp")
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or authorised is not None) and authorised != expected.client_id:
        raise UnbelievableError("azp")
    subject_of(claims)


def check_access_token(claims: Claims, access_token: str, algorithm: str) -> None:
    """Compare the hash of the access token, where the ID token says one.

    Raises:
        UnbelievableError: if another access token came with it.
    """
    said = claims.get("at_hash")
    if said is None:
        return
    digest = hashlib.new(_HASHES[algorithm], access_token.encode("ascii", "replace")).digest()
    if not _same(said, base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")):
        raise UnbelievableError("at_hash")


def check_logout(header: Header, claims: Claims, expected: Expected) -> LoggedOut:
    """Believe a logout token whose signature holds, or not.

    Raises:
        UnbelievableError: if it is another kind of token, not for us, not of now, or names nobody.
    """
    if header.type not in {"logout+jwt", "jwt", ""}:
        raise UnbelievableError("type")
    _check_common(claims, expected)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise UnbelievableError("events")
    if expected.now.timestamp() - claims["iat"] > _LONGEST_LOGOUT_AGE_S:
        raise UnbelievableError("iat")
    token_id, session = claims.get("jti"), session_of(claims)
    if not isinstance(token_id, str) or not 0 < len(token_id) <= _LONGEST_SUBJECT:
        raise UnbelievableError("jti")
    subject = subject_of(claims) if "sub" in claims else None
    if subject is None and session is None:
        raise UnbelievableError("neither sub nor sid")
    return LoggedOut(subject=subject, session=session, token_id=token_id)


def vouched(claims: Claims, more: Claims, *, group_claim: str) -> Vouched:
    """Read who somebody is from the ID token, and from the answer about the user where the token is silent."""

    def said(name: str) -> object:
        return claims[name] if name in claims else more.get(name)

    # The address and whether it is theirs come from one place, or one could be joined to the other.
    source = claims if "email" in claims else more
    email, is_verified = source.get("email"), source.get("email_verified")
    is_address = isinstance(email, str) and 3 <= len(email) <= _LONGEST_TEXT and email.isprintable()
    name = said("name")
    hosted = claims.get("hd")
    return Vouched(
        subject=subject_of(claims),
        email=email if is_address else None,
        # Some say it as text: https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
        verified={"true": True, "false": False}.get(str(is_verified).lower()),
        name=name[:100] if isinstance(name, str) and name.strip() and name.isprintable() else "",
        groups=groups_of(said(group_claim)),
        session=session_of(claims),
        hosted_domain=hosted if isinstance(hosted, str) else None,
    )


def may_say(who: Vouched, *, issuer: str, domains: Sequence[str]) -> bool:
    """Whether the provider may speak for the domain of the address."""
    if issuer == _GOOGLE and (who.hosted_domain or "").lower() not in domains:
        return False
    return who.email is not None and who.email.rpartition("@")[2].strip().lower() in domains


def subject_of(claims: Claims) -> str:
    """Raises UnbelievableError."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise UnbelievableError("sub")
    return subject


def session_of(claims: Claims) -> str | None:
    """Raises UnbelievableError."""
    session = claims.get("sid")
    if session is None:
        return None
    if not isinstance(session, str) or not 0 < len(session) <= _LONGEST_SUBJECT or "\x00" in session:
        raise UnbelievableError("sid")
    return session


@contextmanager
def _unwarned() -> Generator[None]:
    """Without joserfc's warning that EdDSA has a newer name: which algorithms are believed is said above."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_common(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise UnbelievableError("iss")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise UnbelievableError("aud")
    now = expected.now.timestamp()
    expires, issued, begins = (_moment(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or now >= expires + LEEWAY_S:
        raise UnbelievableError("exp")
    if issued is None or issued > now + LEEWAY_S:
        raise UnbelievableError("iat")
    if begins is not None and begins > now + LEEWAY_S:
        raise UnbelievableError("nbf")


def _moment(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    # bool is an int to Python, and `1e999` is infinite to its JSON.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e11:
        raise UnbelievableError(name)
    return value


def _same(said: object, expected: str) -> bool:
    return isinstance(said, str) and compare_digest(said.encode(), expected.encode())


def groups_of(said: object) -> tuple[str, ...]:
    names = [said] if isinstance(said, str) else said
    if not isinstance(names, list):
        return ()
    return tuple(name for name in names[:_MOST_GROUPS] if isinstance(name, str) and len(name) <= _LONGEST_TEXT)

"""What providers say of themselves, and their keys: fetched, checked, and believed for a while."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from chimera.kit.errors import InvalidRequestError
from chimera.kit.fetching import Fetched, Fetcher, FetchError, Outgoing
from chimera.tenancy.sso.claims import Header, UnbelievableError
from chimera.tenancy.sso.errors import IdentityProviderUnusableError

BELIEVED_S: Final = 600.0
# However many tokens with unknown keys come: a flood of them asks the provider no more often.
REFRESHED_EVERY_S: Final = 30.0
# One that did not answer is asked again, by whoever comes after this.
FORGIVEN_AFTER_S: Final = 5.0
_MOST_BYTES: Final = 262_144
_MOST_KEYS: Final = 50
_MOST_KNOWN: Final = 1_000
_LONGEST_URL: Final = 1_000
_KEY_TYPES: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
_CURVES: Final = {"EC": "P-256", "OKP": "Ed25519"}
# Characters in Base64 of RSA's modulus: 2048 to 8192 bits. A larger one costs us time with every token.
_MODULUS: Final = range(340, 1_370)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Of a provider, as far as we need it (OpenID Connect Discovery 1.0, section 3).

    Attributes:
        says_issuer: Whether it names itself when it sends somebody back (RFC 9207).
        posts_secret: Whether the client's secret goes into the body rather than the header.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    says_issuer: bool
    posts_secret: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What an address said, or that it said nothing of use.

    Attributes:
        learned: When it was asked what it then said.
        asked: When it was last asked, whether it said anything or not.
    """

    value: Any
    learned: float
    asked: float
    error: IdentityProviderUnusableError | None = None


class Issuers:
    """Providers' metadata and keys, each asked by one request while others wait for it.

    Both raise IdentityProviderUnusableError if the provider does not answer, or not as it should.
    """

    def __init__(self, fetcher: Fetcher, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def metadata(self, issuer: str) -> Metadata:
        """What the provider says of itself; it must call itself exactly what it was configured as."""
        url = _metadata_url(issuer)
        document = await self._recent(url, lambda told: _read(told, issuer), age_s=BELIEVED_S)
        assert isinstance(document, Metadata)
        return document

    async def key(self, jwks_uri: str, header: Header) -> Mapping[str, Any]:
        """Find the key with which a token of this header may be signed. For one that is unknown, ask anew, at times.

        Raises:
            UnbelievableError: if the provider publishes no such key.
        """
        for age_s in (BELIEVED_S, REFRESHED_EVERY_S):
            chosen = _chosen(await self.keys(jwks_uri, age_s=age_s), header)
            if chosen is not None:
                return chosen
        raise UnbelievableError("key")

    async def keys(self, jwks_uri: str, *, age_s: float = BELIEVED_S) -> Sequence[Mapping[str, Any]]:
        """The provider's keys as they were at most that long ago."""
        found: Sequence[Mapping[str, Any]] = await self._recent(jwks_uri, _read_keys, age_s=age_s)
        return found

    async def fetched(self, outgoing: Outgoing) -> Fetched:
        """Ask a provider something that is not remembered."""
        try:
            return await self._fetcher.fetch(outgoing)
        except FetchError as error:
            raise _unusable(error.message) from error

    def forget(self, issuer: str) -> None:
        """Ask it again next time: somebody wants to see whether it is set up rightly."""
        known = self._known.pop(_metadata_url(issuer), None)
        if known is not None and known.error is None:
            self._known.pop(known.value.jwks_uri, None)

    async def _recent(self, url: str, read: Callable[[Any], Any], *, age_s: float) -> Any:
        known = self._remembered(url, age_s)
        if known is None:
            lock = self._asking.setdefault(url, asyncio.Lock())
            async with lock:
                known = self._remembered(url, age_s) or await self._learn(url, read)
        if known.error is not None:
            raise IdentityProviderUnusableError(known.error.message)
        return known.value

    def _remembered(self, url: str, age_s: float) -> _Known | None:
        known = self._known.get(url)
        if known is None:
            return None
        if known.error is not None:
            age_s = min(age_s, FORGIVEN_AFTER_S)
        since = known.learned if age_s >= BELIEVED_S else known.asked
        return known if self._monotonic() - since < age_s else None

    async def _learn(self, url: str, read: Callable[[Any], Any]) -> _Known:
        asked, before = self._monotonic(), self._known.get(url)
        try:
            told = read(in_json(await self.fetched(Outgoing(url=url, most_bytes=_MOST_BYTES))))
            known = _Known(told, asked, asked)
        except IdentityProviderUnusableError as error:
            known = _Known(None, asked, asked, error)
            # Who looks for a key that there is not must not make us forget those that there are.
            if before is not None and before.error is None and asked - before.learned < BELIEVED_S:
                known = replace(before, asked=asked)
        self._known[url] = known
        self._known.move_to_end(url)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return known


def check_issuer(issuer: str, *, field: str = "issuer") -> str:
    """Accept what may be an issuer: an https address without a query. `http` is left to the fetcher to refuse.

    Raises:
        InvalidRequestError: if it is none.
    """
    try:
        parts = urlsplit(issuer)
        is_one = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc
        is_one = is_one and (parts.port is None or parts.port > 0)
    except ValueError:
        is_one = False
    odd = not issuer.isascii() or any(sign <= " " or sign in "\x7f\\?#" for sign in issuer)
    if not is_one or odd or len(issuer) > _LONGEST_URL:
        raise InvalidRequestError(
            "The issuer is an address such as https://login.example.com, as the provider says it.", field=field
        )
    return issuer


def _metadata_url(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def in_json(fetched: Fetched) -> Any:
    """Read a good answer. Raises IdentityProviderUnusableError if it is none."""
    if fetched.status != 200:
        raise _unusable(f"It answered {fetched.status}.")
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise _unusable("Its answer is not JSON.") from error


def _read(document: Any, issuer: str) -> Metadata:
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise _unusable("It calls itself something else than the configured issuer, to the letter.")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        jwks_uri=_endpoint(document, "jwks_uri", issuer),
        userinfo_endpoint=_endpoint(document, "userinfo_endpoint", issuer) if "userinfo_endpoint" in document else None,
        says_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        posts_secret=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    """An endpoint may stand on another host, but never behind a weaker scheme; the fetcher judges where it leads."""
    url = document.get(name)
    schemes = {"https"} if issuer.startswith("https:") else {"https", "http"}
    if isinstance(url, str) and len(url) <= _LONGEST_URL and url.isascii() and url.isprintable() and " " not in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in schemes and parts.hostname and "@" not in parts.netloc and not parts.fragment:
            return url
    raise _unusable(f"Its {name} is missing, or no address that can be asked.")


def _read_keys(document: Any) -> Sequence[Mapping[str, Any]]:
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise _unusable("Its keys are not a JWK Set.")
    return [key for key in keys[:_MOST_KEYS] if isinstance(key, dict)]


def _chosen(keys: Sequence[Mapping[str, Any]], header: Header) -> Mapping[str, Any] | None:
    """The key of the header's name. Without a name there must be only one that it could be."""
    fitting = [key for key in keys if _suits(key, header.algorithm)]
    if header.key_id is not None:
        return next((key for key in fitting if key.get("kid") == header.key_id), None)
    return fitting[0] if len(fitting) == 1 else None


def _suits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether it is a public key for this algorithm: never a secret one (`oct`), nor one of another purpose."""
    kind = _KEY_TYPES[algorithm]
    if key.get("kty") != kind or key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    if kind != "RSA":
        return key.get("crv") == _CURVES[kind]
    modulus, exponent = key.get("n"), key.get("e")
    return isinstance(modulus, str) and len(modulus) in _MODULUS and isinstance(exponent, str) and len(exponent) <= 8


def _unusable(why: str) -> IdentityProviderUnusableError:
    return IdentityProviderUnusableError(f"The identity provider cannot be used. {why}")

"""OAuth 2.0 client credentials: a token for all calls, fetched once and renewed before it ends.

RFC 6749, section 4.4; the client proves itself with a secret, or with a signed assertion from a file (RFC 7523, as
Azure's and Kubernetes' workload identities write it).
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from chimera.adapters.http import HttpClient, Timeouts
from chimera.llm import (
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderOverloadError,
)

_LARGEST_ANSWER = 256 * 1024
_LONGEST_REASON = 300
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_USUAL_LIFE_S = 3600.0
_RETRY_S = 10.0


class _Granted(Struct, frozen=True):
    access_token: str
    expires_in: float | str | None = None


class _Denied(Struct, frozen=True):
    error: str = ""
    error_description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks for tokens, and where.

    Attributes:
        secret: The client's secret, or
        assertion_file: a file with a signed assertion that is read anew each time: it is renewed under us.
        style: Whether id and secret go into the form or into the `Authorization` header.
        parameters: Further members of the form: `scope`, `audience`, `resource`.
        header: Name of the header that takes the token, and
        template: its value, with `{token}` where the token goes.
    """

    token_url: str
    id: str
    secret: str | None = field(default=None, repr=False)
    assertion_file: Path | None = None
    style: Literal["body", "basic"] = "body"
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    header: str = "Authorization"
    template: str = "Bearer {token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str = field(repr=False)
    stale_at: float
    ends_at: float


@dataclass(slots=True, kw_only=True)
class ClientCredentials:
    """One token for however many calls wait for it.

    A token is renewed when a tenth of its life, at most five minutes, is left. While one caller renews it the others
    go on with the old one; with none at hand they wait for that one answer, and share its failure.
    """

    client: Client
    http: HttpClient
    provider: str
    clock: Callable[[], float] = time.monotonic
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect_s=10.0, idle_s=10.0))
    _token: _Token | None = field(default=None, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _rounds: int = 0
    _failure: ProviderError | None = None
    _failed_until: float = 0.0

    async def headers(self) -> Mapping[str, str]:
        token, now = self._token, self.clock()
        if token is None or now >= token.ends_at:
            token = await self._fetched()
        elif now >= token.stale_at and now >= self._failed_until and not self._turn.locked():
            token = await self._renewed(token)
        return {self.client.header: self.client.template.format(token=token.text)}

    def refused(self, headers: Mapping[str, str]) -> bool:
        """Forget the token if it is still the one that was refused: it may have been revoked."""
        token = self._token
        if token is not None and headers.get(self.client.header) == self.client.template.format(token=token.text):
            self._token = None
        return True

    def secrets(self) -> Collection[str]:
        known = (self.client.secret, self._token.text if self._token else None)
        return tuple(secret for secret in known if secret)

    async def _renewed(self, old: _Token) -> _Token:
        """Return a new token, or the old one while the token service is in trouble."""
        try:
            return await self._fetched()
        except ProviderError:
            self._failed_until = self.clock() + _RETRY_S
            return old

    async def _fetched(self) -> _Token:
        """Ask for a token, or share what comes of the request that is under way.

        If its caller leaves, the next one in line asks anew.
        """
        begun = self._rounds
        async with self._turn:
            if self._rounds == begun:
                await self._go_round()
            if self._failure is not None:
                raise self._failure
            assert self._token is not None, "a round ends with a token or a failure"
            return self._token

    async def _go_round(self) -> None:
        try:
            self._token, self._failure = await self._fetch(), None
        except ProviderError as error:
            self._failure = error
        self._rounds += 1

    async def _fetch(self) -> _Token:
        form, headers = await self._question()
        async with self.http.stream(
            "POST",
            self.client.token_url,
            provider=f"The token service of {self.provider}",
            headers={**headers, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(form).encode(),
            timeouts=self.timeouts,
        ) as response:
            body = await response.read(_LARGEST_ANSWER)
        if response.status != 200:
            raise self._denied(response.status, body)
        return self._granted(body)

    async def _question(self) -> tuple[dict[str, str], dict[str, str]]:
        client = self.client
        form = {"grant_type": "client_credentials", **client.parameters}
        if client.assertion_file is not None:
            assertion = await asyncio.to_thread(self._read_assertion, client.assertion_file)
            return {
                **form,
                "client_id": client.id,
                "client_assertion_type": _ASSERTION,
                "client_assertion": assertion,
            }, {}
        secret = client.secret or ""
        if client.style == "basic":
            # Both are form-encoded first: RFC 6749, section 2.3.1.
            pair = f"{quote(client.id, safe='')}:{quote(secret, safe='')}"
            return form, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {**form, "client_id": client.id, "client_secret": secret}, {}

    def _read_assertion(self, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProviderAuthenticationError(
                f"The assertion file {file} of {self.provider} cannot be read.", provider=self.provider
            ) from error

    def _granted(self, body: bytes) -> _Token:
        try:
            granted = msgspec.json.decode(body, type=_Granted)
            life_s = float(granted.expires_in) if granted.expires_in is not None else _USUAL_LIFE_S
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
            raise ProviderAnswerError(
                f"The token service of {self.provider} answered without a token; is its address right?",
                provider=self.provider,
            ) from error
        if not (granted.access_token.isascii() and granted.access_token.isprintable()):
            raise ProviderAnswerError(
                f"The token service of {self.provider} sent a token that no header can carry.", provider=self.provider
            )
        now = self.clock()
        return _Token(text=granted.access_token, stale_at=now + life_s - min(300.0, life_s / 10), ends_at=now + life_s)

    def _denied(self, status: int, body: bytes) -> ProviderError:
        try:
            told = msgspec.json.decode(body, type=_Denied)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            told = _Denied()
        reason = " ".join(f"{told.error} {told.error_description}".split())[:_LONGEST_REASON]
        for secret in self.secrets():
            reason = reason.replace(secret, "[secret]")
        said = f"The token service of {self.provider} refused with status {status}: {reason or 'no reason given'}."
        match status:
            case 429 | 500 | 502 | 503 | 504:
                return ProviderOverloadError(said, provider=self.provider, upstream_status=status)
            case 404 | 405:
                return ProviderConnectionError(said, provider=self.provider, upstream_status=status)
            case _:
                return ProviderAuthenticationError(said, provider=self.provider, upstream_status=status)

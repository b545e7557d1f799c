"""Connections of organisations to their own accounts at providers: credentials are kept as secrets and never shown.

A credential is sent to the address that it was given with, and to no other: the address of a connection never changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast
from urllib.parse import urlsplit
from uuid import UUID

from chimera.crypto.secrets import Secrets
from chimera.encryption.errors import ConnectionExistsError, ConnectionNotFoundError
from chimera.encryption.repository import KeptConnections
from chimera.encryption.tables import ProviderConnectionRow
from chimera.kit.addresses import is_public, looks_numeric
from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.fetching import Fetcher, FetchError, Outgoing
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.permissions import PROVIDERS_MANAGE, require

Kind: TypeAlias = Literal["anthropic", "deepseek", "gemini", "openai", "openai_compatible", "openrouter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaks:
    """How a kind of provider is asked for its models."""

    base_url: str
    header: str = "Authorization"
    prefix: str = "Bearer "
    path: str = "/models"


KINDS: Final[Mapping[str, _Speaks]] = MappingProxyType(
    {
        "anthropic": _Speaks(base_url="https://api.anthropic.com", header="x-api-key", prefix="", path="/v1/models"),
        "deepseek": _Speaks(base_url="https://api.deepseek.com"),
        "gemini": _Speaks(
            base_url="https://generativelanguage.googleapis.com",
            header="x-goog-api-key",
            prefix="",
            path="/v1beta/models",
        ),
        "openai": _Speaks(base_url="https://api.openai.com/v1"),
        "openai_compatible": _Speaks(base_url=""),
        "openrouter": _Speaks(base_url="https://openrouter.ai/api/v1", path="/key"),
    }
)
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A connection to be made."""

    name: str
    kind: Kind
    base_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """For those who hold `providers:manage`.

    Attributes:
        private_networks: Whether addresses may lie in private networks, and be plain HTTP.
    """

    database: Database
    secrets: Secrets
    fetcher: Fetcher
    recorder: Recorder
    trail: Trail
    private_networks: bool = False
    now: Callable[[], datetime] = utc_now

    async def all(self, scope: Scope) -> Sequence[ProviderConnectionRow]:
        """Oldest first. Raises PermissionDeniedError."""
        require(scope, PROVIDERS_MANAGE)
        async with self.database.reading(scope) as tx:
            return await KeptConnections(tx, scope).all()

    async def make(self, scope: Scope, wanted: Wanted, credential: str) -> ProviderConnectionRow:
        """Keep a credential, and where it is good.

        Raises:
            PermissionDeniedError: if the caller may not.
            InvalidRequestError: if the address is none of the public internet, reached by https.
            ConnectionExistsError: if another has the name, or there are too many.
        """
        require(scope, PROVIDERS_MANAGE)
        base_url, secret_name = self._address(wanted), _secret_name(scope)
        row = ProviderConnectionRow(
            name=wanted.name,
            kind=wanted.kind,
            settings={"base_url": base_url},
            secret_name=secret_name,
            enabled=True,
            created_by=scope.actor_id,
            created_at=self.now(),
            updated_at=self.now(),
        )
        await self.secrets.write(secret_name, credential.encode())
        try:
            async with self.database.transaction(scope) as tx:
                kept = KeptConnections(tx, scope)
                await _check_room(kept, wanted.name)
                await kept.add(row)
                await self.recorder.record(tx, scope, _act("provider_connection.made", row.id))
        except BaseException:
            await self.secrets.remove(secret_name)
            raise
        return row

    async def rotate(self, scope: Scope, id: UUID, credential: str, *, keep_former_s: int) -> ProviderConnectionRow:
        """Give another credential for the same address; the one before it is kept for so long.

        Raises:
            PermissionDeniedError: if the caller may not.
            ConnectionNotFoundError: if there is none.
        """
        require(scope, PROVIDERS_MANAGE)
        secret_name = _secret_name(scope)
        await self.secrets.write(secret_name, credential.encode())
        try:
            async with self.database.transaction(scope) as tx:
                row = _found(await KeptConnections(tx, scope).locked(id))
                gone, former = row.former_secret_name, row.secret_name
                row.secret_name, row.updated_at = secret_name, self.now()
                row.former_secret_name = former if keep_former_s else None
                row.former_until = self.now() + timedelta(seconds=keep_former_s) if keep_former_s else None
                await tx.flush()
                await self.recorder.record(tx, scope, _act("provider_connection.rotated", id))
        except BaseException:
            await self.secrets.remove(secret_name)
            raise
        for name in (gone, None if keep_former_s else former):
            if name is not None:
                await self.secrets.remove(name)
        return row

    async def remove(self, scope: Scope, id: UUID) -> None:
        """With its credentials. Raises PermissionDeniedError, ConnectionNotFoundError."""
        require(scope, PROVIDERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            kept = KeptConnections(tx, scope)
            row = _found(await kept.locked(id))
            await kept.delete(id)
            await self.recorder.record(tx, scope, _act("provider_connection.removed", id))
        for name in (row.secret_name, row.former_secret_name):
            if name is not None:
                await self.secrets.remove(name)

    async def check(self, scope: Scope, id: UUID) -> str:
        """Ask the provider whether it takes the credential: `ok`, `refused`, `failed`, or what the network did.

        Raises:
            PermissionDeniedError: if the caller may not.
            ConnectionNotFoundError: if there is none.
            SecretsUnavailableError: if the credential cannot be had.
        """
        require(scope, PROVIDERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            kept = KeptConnections(tx, scope)
            row = _found(await kept.get(id))
            await kept.used(id, self.now())
        speaks = KINDS[row.kind]
        credential = (await self.secrets.read(row.secret_name)).decode()
        outgoing = Outgoing(
            url=f"{row.settings['base_url']}{speaks.path}", headers={speaks.header: f"{speaks.prefix}{credential}"}
        )
        outcome = await self._asked(outgoing)
        self.trail.note(scope, Act(name="secret.used", outcome=outcome, target_kind="connection", target_id=str(id)))
        return outcome

    async def _asked(self, outgoing: Outgoing) -> str:
        """What it says is not passed on: it may repeat the credential."""
        try:
            fetched = await self.fetcher.fetch(outgoing)
        except FetchError as error:
            return error.trouble
        if fetched.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return "refused"
        return "ok" if fetched.status == HTTPStatus.OK else "failed"

    def _address(self, wanted: Wanted) -> str:
        url = (wanted.base_url or KINDS[wanted.kind].base_url).rstrip("/")
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            host, parts = "", urlsplit("")
        schemes = {"http", "https"} if self.private_networks else {"https"}
        odd = "@" in parts.netloc or parts.query or parts.fragment or not url.isascii() or not url.isprintable()
        inside = not self.private_networks and looks_numeric(host) and not is_public(host)
        if not host or parts.scheme not in schemes or odd or inside or " " in url:
            raise InvalidRequestError("This is no address of the public internet, reached by https.", field="base_url")
        return url


def base_url_of(row: ProviderConnectionRow) -> str:
    return cast("str", row.settings["base_url"])


def _secret_name(scope: Scope) -> str:
    return f"tenants/{scope.tenant_id}/provider-{new_id()}"


async def _check_room(kept: KeptConnections, name: str) -> None:
    if await kept.named(name) is not None or await kept.count() >= _MOST:
        raise ConnectionExistsError("Another connection has this name, or there are too many.")


def _found(row: ProviderConnectionRow | None) -> ProviderConnectionRow:
    if row is None:
        raise ConnectionNotFoundError("There is no such connection.")
    return row


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="connection", target_id=str(id))

"""Connections of organisations to their own accounts at providers: credentials are kept as secrets and never shown.

A credential is sent to the address that it was given with, and to no other: the address of a connection never changes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from msgspec.structs import replace

from chimera.crypto.sealing import UnsealableError
from chimera.crypto.secrets import SecretNotFoundError, Secrets
from chimera.encryption.accounts import BASE_URL, HOUSE_FOLLOWS, PROVIDER, KeptAccount, account_of
from chimera.encryption.errors import ConnectionExistsError, ConnectionNotFoundError
from chimera.encryption.repository import KeptConnections
from chimera.encryption.tables import ProviderConnectionRow
from chimera.kit.addresses import fault_in, is_public
from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.permissions import PROVIDERS_MANAGE, require

Kind: TypeAlias = Literal["anthropic", "deepseek", "gemini", "openai", "openai_compatible", "openrouter"]


ADDRESSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "anthropic": "https://api.anthropic.com",
        "deepseek": "https://api.deepseek.com",
        "gemini": "https://generativelanguage.googleapis.com",
        "openai": "https://api.openai.com/v1",
        "openai_compatible": "",
        "openrouter": "https://openrouter.ai/api/v1",
    }
)
"""Where the kinds of provider usually are."""
Diagnose: TypeAlias = Callable[[KeptAccount, str], Awaitable[str]]
"""Asks a provider, with a credential, how it is; says it in a word."""
Listener: TypeAlias = Callable[[], Awaitable[None]]
_MOST: Final = 100
UNREADABLE: Final = "credential_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A connection to be made.

    Attributes:
        provider: Its name in ids of models; its kind, where that is left out.
        house_follows: Whether the house's accounts may be asked when this one cannot answer.
    """

    name: str
    kind: Kind
    base_url: str | None
    provider: str | None = None
    house_follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be another way; `None` leaves it."""

    name: str | None = None
    enabled: bool | None = None
    house_follows: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """For those who hold `providers:manage`.

    Attributes:
        diagnose: Asks a provider how it is.
        private_networks: Whether addresses may lie in private networks, and be plain HTTP.
        listeners: Told that something was changed; it is answered when they know.
    """

    database: Database
    secrets: Secrets
    diagnose: Diagnose
    recorder: Recorder
    trail: Trail
    private_networks: bool = False
    listeners: list[Listener] = field(default_factory=list[Listener])
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
            settings={
                BASE_URL: base_url,
                PROVIDER: wanted.provider or wanted.kind,
                HOUSE_FOLLOWS: wanted.house_follows,
            },
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
        await self._tell()
        return row

    async def change(self, scope: Scope, id: UUID, change: Change) -> ProviderConnectionRow:
        """Call it otherwise, switch it off or on again, or let the house's accounts stand in for it, or not.

        Raises:
            PermissionDeniedError: if the caller may not.
            ConnectionNotFoundError: if there is none.
            ConnectionExistsError: if another has the name.
        """
        require(scope, PROVIDERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            kept = KeptConnections(tx, scope)
            row = _found(await kept.locked(id))
            if change.name is not None and change.name != row.name:
                await _check_name(kept, change.name)
                row.name = change.name
            if change.enabled is not None:
                row.enabled = change.enabled
            if change.house_follows is not None:
                row.settings = {**row.settings, HOUSE_FOLLOWS: change.house_follows}
            await tx.flush()
            details = {"enabled": row.enabled, HOUSE_FOLLOWS: bool(row.settings.get(HOUSE_FOLLOWS))}
            await self.recorder.record(tx, scope, replace(_act("provider_connection.changed", id), details=details))
        await self._tell()
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
        await self._tell()
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
        await self._tell()
        for name in (row.secret_name, row.former_secret_name):
            if name is not None:
                await self.secrets.remove(name)

    async def check(self, scope: Scope, id: UUID) -> str:
        """Ask the provider, with the newest credential, how it is; in a word. What it says itself is not passed on.

        Raises:
            PermissionDeniedError: if the caller may not.
            ConnectionNotFoundError: if there is none.
            SecretsUnavailableError: if the credential cannot be had now.
        """
        require(scope, PROVIDERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            kept = KeptConnections(tx, scope)
            row = _found(await kept.get(id))
            await kept.used(id, self.now())
        try:
            credential = (await self.secrets.read(row.secret_name)).decode()
        except (SecretNotFoundError, UnsealableError):
            outcome = UNREADABLE
        else:
            outcome = await self.diagnose(account_of(row), credential)
        self.trail.note(scope, Act(name="secret.used", outcome=outcome, target_kind="connection", target_id=str(id)))
        return outcome

    async def _tell(self) -> None:
        for listener in self.listeners:
            await listener()

    def _address(self, wanted: Wanted) -> str:
        url = (wanted.base_url or ADDRESSES[wanted.kind]).rstrip("/")
        fault = fault_in(url, admits=None if self.private_networks else is_public, insecure=self.private_networks)
        if fault is None and ("?" in url or urlsplit(url).query):
            fault = "The address must have no query."
        if fault is not None:
            raise InvalidRequestError(fault, field="base_url")
        return url


def _secret_name(scope: Scope) -> str:
    return f"tenants/{scope.tenant_id}/provider-{new_id()}"


async def _check_room(kept: KeptConnections, name: str) -> None:
    await _check_name(kept, name)
    if await kept.count() >= _MOST:
        raise ConnectionExistsError(f"There are {_MOST} connections already. Remove one.")


async def _check_name(kept: KeptConnections, name: str) -> None:
    if await kept.named(name) is not None:
        raise ConnectionExistsError("Another connection has this name.")


def _found(row: ProviderConnectionRow | None) -> ProviderConnectionRow:
    if row is None:
        raise ConnectionNotFoundError("There is no such connection.")
    return row


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="connection", target_id=str(id))

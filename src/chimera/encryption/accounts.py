"""The enabled connections of all organisations, for whoever asks their providers, and the road to their credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from chimera.crypto.secrets import Secrets
from chimera.encryption.repository import AllConnections
from chimera.encryption.tables import ProviderConnectionRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database

BASE_URL: Final = "base_url"
PROVIDER: Final = "provider"
HOUSE_FOLLOWS: Final = "house_follows"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAccount:
    """A connection as it is kept, without its credential. Two that are equal are the same, untouched meanwhile.

    Attributes:
        provider: Its name in ids of models.
        house_follows: Whether the house's accounts may be asked when this one cannot answer.
        secret_name: Of its credential.
        former_secret_name: Of the one before it, good until `former_until`.
    """

    tenant_id: UUID
    id: UUID
    kind: str
    provider: str
    base_url: str
    house_follows: bool
    secret_name: str
    former_secret_name: str | None
    former_until: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccounts:
    """Asked in rounds by every server, so that what was switched off is off everywhere a moment later."""

    database: Database
    secrets: Secrets
    trail: Trail
    now: Callable[[], datetime] = utc_now

    async def enabled(self) -> Mapping[UUID, KeptAccount]:
        """All of them, by id, oldest first. Raises DatabaseUnavailableError."""
        async with self.database.system_reading() as tx:
            return {row.id: account_of(row) for row in await AllConnections(tx).enabled()}

    async def newest(self, account: KeptAccount) -> KeptAccount | None:
        """The connection as it is at this moment; `None` once it was switched off or removed."""
        async with self.database.system_reading() as tx:
            row = await AllConnections(tx).enabled_one(account.tenant_id, account.id)
        return None if row is None else account_of(row)

    async def credential(self, name: str) -> str:
        """Open one. Raises SecretNotFoundError, UnsealableError, SecretsUnavailableError."""
        return (await self.secrets.read(name)).decode()

    def names(self, account: KeptAccount) -> tuple[str, ...]:
        """Of the credentials that are good for it, the newest first."""
        former = account.former_secret_name
        if former is None or account.former_until is None or account.former_until <= self.now():
            return (account.secret_name,)
        return (account.secret_name, former)

    def used(self, account: KeptAccount, times: int) -> None:
        """Note in the trail that its credential was shown so many times since the last note."""
        scope = Scope(tenant_id=account.tenant_id, actor_id=account.tenant_id, permissions=frozenset())
        details = {"times": times}
        self.trail.note(
            scope, Act(name="secret.used", target_kind="connection", target_id=str(account.id), details=details)
        )

    async def called(self, account: KeptAccount) -> None:
        """Note at the connection that it was used for a call of the organisation's. Raises DatabaseUnavailableError."""
        async with self.database.system_transaction() as tx:
            await AllConnections(tx).used(account.tenant_id, account.id, self.now())

    async def let_go(self, account: KeptAccount) -> None:
        """Remove the credential before the present one, if its time is over. Of servers doing so at once, one does."""
        former, until = account.former_secret_name, account.former_until
        if former is None or until is None or until > self.now():
            return
        async with self.database.system_transaction() as tx:
            ended = await AllConnections(tx).end_rotation(account.tenant_id, account.id, former)
        if ended:
            await self.secrets.remove(former)


def account_of(row: ProviderConnectionRow) -> KeptAccount:
    return KeptAccount(
        tenant_id=row.tenant_id,
        id=row.id,
        kind=row.kind,
        provider=provider_of(row),
        base_url=base_url_of(row),
        house_follows=house_follows(row),
        secret_name=row.secret_name,
        former_secret_name=row.former_secret_name,
        former_until=row.former_until,
        updated_at=row.updated_at,
    )


def base_url_of(row: ProviderConnectionRow) -> str:
    return cast("str", row.settings[BASE_URL])


def provider_of(row: ProviderConnectionRow) -> str:
    """Its name in ids of models; of connections from before there were such, their kind."""
    return cast("str", row.settings.get(PROVIDER, row.kind))


def house_follows(row: ProviderConnectionRow) -> bool:
    return bool(row.settings.get(HOUSE_FOLLOWS, False))

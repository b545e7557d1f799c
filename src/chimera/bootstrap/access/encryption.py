"""Keys that seal, put together: those of organisations, the root keys that wrap them, and the door to both."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import APIRouter
from pydantic import ValidationError

from chimera.adapters.accounts.connected.diagnosing import Diagnosis
from chimera.adapters.http import open_http
from chimera.bootstrap.access.audit import Audit
from chimera.bootstrap.places import lacks_root_key, root_keys
from chimera.bootstrap.settings import Settings, SettingsError
from chimera.crypto.root import Roots
from chimera.crypto.secrets import Secrets
from chimera.encryption import endpoints
from chimera.encryption.accounts import ProviderAccounts
from chimera.encryption.connections import Connections
from chimera.encryption.kept_secrets import DatabaseSecrets
from chimera.encryption.keyring import Keyring
from chimera.encryption.resealing import Resealing
from chimera.encryption.root_keys import admit, check_nothing_is_sealed
from chimera.encryption.service import Encryption
from chimera.kit.addresses import is_public
from chimera.kit.loading import load
from chimera.kit.rounds import rounds
from chimera.privacy.holding import check_nothing_is_held
from chimera.store import Database
from chimera.tenancy.organisations.naming import Naming

log = structlog.get_logger()

# Less than half of the time for which a destroyed key may be believed.
_RENEWED_EVERY_S: Final = 2.0
_RESEALED_EVERY_S: Final = 600.0
_CONTENT_EVERY_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What seals, and who keeps its keys."""

    keyring: Keyring
    resealing: Resealing
    encryption: Encryption
    connections: Connections
    accounts: ProviderAccounts


async def roots_of(settings: Settings, database: Database) -> Roots:
    """The root keys; none is made for a database that was sealed already.

    Raises:
        RootKeyWrongError: if there is none, and something is sealed.
    """
    if lacks_root_key(settings):
        await check_nothing_is_sealed(database)
    return root_keys(settings)


async def open_keyring(settings: Settings, database: Database) -> Keyring:
    """Keys of a database that is opened without any.

    Raises:
        RootKeyWrongError: if the root keys are others than those with which it was sealed.
    """
    roots = await roots_of(settings, database)
    await admit(database, roots)
    return Keyring(database=database, roots=roots)


@asynccontextmanager
async def open_sealing(
    settings: Settings, database: Database, audit: Audit, keyring: Keyring
) -> AsyncGenerator[Sealing]:
    """Keep sealing with these keys.

    Raises:
        SettingsError: if the store of secrets is not described as it must be.
    """
    recorder = audit.recorder
    resealing = Resealing(database=database, keyring=keyring)
    encryption = Encryption(
        database=database,
        keyring=keyring,
        resealing=resealing,
        recorder=recorder,
        may_be_lost=check_nothing_is_held,
        name_of=Naming(database),
    )
    running = [
        asyncio.create_task(rounds(keyring.renew, every_s=_RENEWED_EVERY_S, named="data_keys")),
        asyncio.create_task(rounds(lambda: _reseal(resealing), every_s=_RESEALED_EVERY_S, named="resealing")),
        asyncio.create_task(rounds(lambda: _reseal_content(resealing), every_s=_CONTENT_EVERY_S, named="content")),
    ]
    try:
        async with _open_secrets(settings, database, keyring) as secrets:
            connections = Connections(
                database=database,
                secrets=secrets,
                diagnose=Diagnosis(admits=admits(settings)),
                recorder=recorder,
                trail=audit.notes,
                private_networks=settings.private_networks,
            )
            accounts = ProviderAccounts(database=database, secrets=secrets, trail=audit.notes)
            yield Sealing(
                keyring=keyring,
                resealing=resealing,
                encryption=encryption,
                connections=connections,
                accounts=accounts,
            )
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def admits(settings: Settings) -> Callable[[str], bool] | None:
    """Which addresses organisations' own accounts may be at."""
    return None if settings.private_networks else is_public


async def _reseal(resealing: Resealing) -> None:
    done = await resealing.run()
    if done.keys or done.values:
        log.info("encryption.resealed", keys=done.keys, values=done.values, unopened=done.unopened)


async def _reseal_content(resealing: Resealing) -> None:
    if values := await resealing.content():
        log.info("encryption.content_resealed", values=values)


def routers(sealing: Sealing) -> tuple[APIRouter, ...]:
    """What the web application includes of this part."""
    return endpoints.router(sealing.encryption), endpoints.connections_router(sealing.connections)


@asynccontextmanager
async def _open_secrets(settings: Settings, database: Database, keyring: Keyring) -> AsyncGenerator[Secrets]:
    store, options = settings.secrets.store, settings.secrets.options
    if store == "database":
        yield DatabaseSecrets(database=database, sealer=keyring)
        return
    adapter = load("secret_stores", store)
    try:
        chosen = adapter.Settings.model_validate(options)
    except ValidationError as error:
        faults = {".".join(map(str, one["loc"])): one["msg"] for one in error.errors(include_input=False)}
        raise SettingsError(*(f"secrets ({store}): {name}: {why}." for name, why in faults.items())) from None
    async with open_http() as http, adapter.connect(chosen, http) as secrets:
        yield secrets

"""What every store of secrets must do: keep, replace and forget by name, and never let a value into an error."""

import os
import traceback
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from tests.fakes.secret_stores import KEY_ID, REGION, SECRET_KEY, TOKEN, FakeStores

from chimera.adapters.http import open_http
from chimera.adapters.secret_stores import aws, file, vault
from chimera.crypto.root import Roots, RootSealer
from chimera.crypto.secrets import SecretNotFoundError, Secrets, SecretsUnavailableError
from chimera.encryption.kept_secrets import DatabaseSecrets
from chimera.encryption.keyring import Keyring
from chimera.encryption.repository import AllSecrets
from chimera.kit.ids import new_id
from chimera.store import Database, connect
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

KINDS = ("aws", "database", "file", "vault")
CANARY = b"\x00\xffcanary-\xc3\xa9-of-a-secret"


@dataclass
class Standing:
    """A store, how it is known elsewhere, and how to break it."""

    secrets: Secrets
    again: Secrets
    fake: FakeStores
    prefix: str


@asynccontextmanager
async def over_http(kind: str, token: str = TOKEN, secret_key: str = SECRET_KEY) -> AsyncGenerator[Standing]:
    fake = FakeStores()
    async with TestServer(fake.app()) as server, open_http() as http:
        address = str(server.make_url("")).rstrip("/")
        if kind == "vault":
            chosen = vault.Settings(address=address, token=token)
            async with vault.connect(chosen, http) as one, vault.connect(chosen, http) as two:
                yield Standing(one, two, fake, "tenants/a")
        else:
            wanted = aws.Settings(region=REGION, access_key_id=KEY_ID, secret_access_key=secret_key, address=address)
            async with aws.connect(wanted, http) as first, aws.connect(wanted, http) as second:
                yield Standing(first, second, fake, "tenants/a")


async def in_database(database: Database) -> Standing:
    tenant = new_id()
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Somebody"))
    keyring = Keyring(database=database, roots=Roots(current=RootSealer(root=os.urandom(32))))
    stores = [DatabaseSecrets(database=database, sealer=keyring) for _ in range(2)]
    return Standing(stores[0], stores[1], FakeStores(), f"tenants/{tenant}")


@pytest.fixture(params=KINDS)
async def standing(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> AsyncGenerator[Standing]:
    match request.param:
        case "database":
            async with connect(sqlite_url) as database:
                yield await in_database(database)
        case "file":
            yield Standing(file.FileSecrets(tmp_path), file.FileSecrets(tmp_path), FakeStores(), "tenants/a")
        case kind:
            async with over_http(kind) as made:
                yield made


async def test_what_was_written_is_read_until_it_is_replaced_or_removed(standing: Standing) -> None:
    name = f"{standing.prefix}/provider-1"
    with pytest.raises(SecretNotFoundError):
        await standing.secrets.read(name)
    await standing.secrets.write(name, CANARY)
    await standing.secrets.write(f"{standing.prefix}/other", b"other")
    assert await standing.again.read(name) == CANARY
    await standing.again.write(name, b"newer")
    assert await standing.secrets.read(name) == b"newer"
    await standing.secrets.remove(name)
    await standing.secrets.remove(name)
    with pytest.raises(SecretNotFoundError):
        await standing.again.read(name)
    assert await standing.again.read(f"{standing.prefix}/other") == b"other"


@pytest.mark.parametrize("name", ["", "/", "..", "../x", "a/../b", "a//b", "A", "é", "a\x00", "a%2fb", "a" * 300])
async def test_what_is_no_name_is_not_found_and_reaches_nothing(standing: Standing, name: str) -> None:
    for act in (standing.secrets.read(name), standing.secrets.write(name, b"x"), standing.secrets.remove(name)):
        with pytest.raises(SecretNotFoundError):
            await act
    assert standing.fake.authorised == 0


async def test_no_value_is_told_by_a_store_when_it_is_printed(standing: Standing) -> None:
    await standing.secrets.write(f"{standing.prefix}/a", CANARY)
    shown = f"{standing.secrets!r} {vars(type(standing.secrets))}"
    assert not any(secret in shown for secret in (TOKEN, SECRET_KEY, "canary"))


@pytest.mark.parametrize("kind", ["aws", "vault"])
@pytest.mark.parametrize("status", [403, 500, 503])
async def test_a_store_that_fails_is_unavailable_and_its_answer_tells_nothing(kind: str, status: int) -> None:
    async with over_http(kind) as standing:
        standing.fake.broken = status
        for act in (
            standing.secrets.read("tenants/a/b"),
            standing.secrets.write("tenants/a/b", CANARY),
            standing.secrets.remove("tenants/a/b"),
        ):
            with pytest.raises(SecretsUnavailableError) as raised:
                await act
            told = "".join(traceback.format_exception(raised.value))
            assert not any(secret in told for secret in (TOKEN, SECRET_KEY, "canary"))


@pytest.mark.parametrize("kind", ["aws", "vault"])
async def test_who_proves_nothing_is_given_nothing(kind: str) -> None:
    async with over_http(kind, token="another", secret_key="another") as standing:  # wrong on purpose
        with pytest.raises(SecretsUnavailableError):
            await standing.secrets.read("tenants/a/b")
        assert standing.fake.authorised == 0


async def test_the_files_are_readable_by_nobody_else_and_whole(tmp_path: Path) -> None:
    await file.FileSecrets(tmp_path).write("tenants/a/b", CANARY)
    folder, _, names = list(os.walk(tmp_path))[-1]
    assert names == ["b"]
    assert os.stat(f"{folder}/b").st_mode & 0o077 == 0  # noqa: PTH116  # nothing waits here


async def test_both_databases_keep_secrets_sealed(database: Database) -> None:
    standing = await in_database(database)
    await test_what_was_written_is_read_until_it_is_replaced_or_removed(standing)
    async with database.system_reading() as tx:
        rows = list(await tx.scalars(AllSecrets(tx).every()))
    assert [row.name for row in rows] == [f"{standing.prefix}/other"]
    assert b"other" not in rows[0].sealed


async def test_the_database_keeps_nothing_that_belongs_to_no_organisation(database: Database) -> None:
    store = DatabaseSecrets(database=database, sealer=RootSealer(root=os.urandom(32)))
    with pytest.raises(SecretsUnavailableError):
        await store.write("root-key", CANARY)
    with pytest.raises(SecretNotFoundError):
        await store.read("root-key")

"""Keys of the organisation over HTTP, and the whole server with a root key that changes."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from chimera.bootstrap.cli.main import app
from chimera.crypto.receipts import Receipt, is_genuine
from chimera.crypto.sealing import UnsealableError
from chimera.encryption.errors import RootKeyWrongError
from chimera.kit.scope import Scope
from chimera.tenancy.repository import AllUsers
from tests.serving import Running, running

KEYS = "/api/v1/encryption/keys"
OTHER = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


async def owner_of(chimera: Running) -> Scope:
    async with chimera.house.database.system_reading() as tx:
        (row,) = await tx.scalars(AllUsers(tx).every())
    return Scope(tenant_id=row.tenant_id, actor_id=row.id, permissions=frozenset())


async def test_an_owner_rotates_keys_and_destroys_them_by_typing_the_name(sqlite_url: str) -> None:
    async with (
        running(sqlite_url, {}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=30) as owner,
    ):
        sealing, scope = chimera.house.people.sealing, await owner_of(chimera)
        # Made with the first thing that was kept.
        assert [key["version"] for key in (await owner.get(KEYS)).json()["data"]] == [1]
        sealed = await sealing.keyring.seal(scope.tenant_id, b"canary", purpose="p")
        rotated = (await owner.post("/api/v1/encryption/rotate")).json()
        assert ([key["version"] for key in rotated["data"]], rotated["unopened"]) == ([1, 2], 0)
        assert await sealing.keyring.open(scope.tenant_id, sealed, purpose="p") == b"canary"
        refused = await owner.delete(KEYS, params={"name": "Nobody"})
        assert (refused.status_code, refused.json()["code"]) == (400, "not_confirmed")
        answer = await owner.delete(KEYS, params={"name": await sealing.encryption.name_of(scope)})
        assert answer.status_code == 200, answer.text
        receipt, listed = Receipt(**answer.json()), (await owner.get(KEYS)).json()
        assert is_genuine(receipt)
        assert not is_genuine(Receipt(text=receipt.text + " ", key=receipt.key, signature=receipt.signature))
        assert receipt.key == listed["receipt_keys"][-1]
        # What was kept since, such as this act in the trail's round, is sealed with a new key.
        assert json.loads(receipt.text)["keys"] == [key["id"] for key in listed["data"] if key["destroyed_at"]]
        assert [key["version"] for key in listed["data"] if key["destroyed_at"]] == [1, 2]
        with pytest.raises(UnsealableError):
            await sealing.keyring.open(scope.tenant_id, sealed, purpose="p")


async def test_who_may_not_manage_keys_neither_sees_nor_changes_them(sqlite_url: str) -> None:
    async with running(sqlite_url, {}) as chimera, httpx2.AsyncClient(base_url=chimera.url) as http:
        wanted = ["chat", "keys:manage", "admin", "privacy:manage"]
        made = await http.post("/api/v1/keys", json={"name": "a", "permissions": wanted}, headers=chimera.headers)
        lesser = {"Authorization": f"Bearer {made.json()['key']}"}
        for method, path in (("GET", KEYS), ("POST", "/api/v1/encryption/rotate"), ("DELETE", f"{KEYS}?name=a")):
            answer = await http.request(method, path, headers=lesser)
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_a_server_with_another_root_key_does_not_begin(sqlite_url: str) -> None:
    async with running(sqlite_url, {}):
        pass
    with pytest.raises(RootKeyWrongError):
        async with running(sqlite_url, {}, {"root_key": OTHER}):
            pass


async def test_no_root_key_is_made_beside_a_database_that_was_sealed_with_another(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}):
        pass
    kept = (folder / "root.key").rename(folder / "elsewhere")
    with pytest.raises(RootKeyWrongError):
        async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}):
            pass
    environment = {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_DATA_DIR": str(folder)}
    for command in (["encryption", "rotate-root"], ["encryption", "rotate-root", "--new"], ["audit", "verify"]):
        told = await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)
        assert told.exit_code == 1, command
        assert not (folder / "root.key").exists(), command
    kept.rename(folder / "root.key")
    async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}):
        pass


async def test_the_root_key_of_the_data_folder_is_rotated_by_a_command(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}) as chimera:
        scope = await owner_of(chimera)
        sealed = await chimera.house.people.sealing.keyring.seal(scope.tenant_id, b"kept", purpose="p")
    before = (folder / "root.key").read_bytes()
    environment = {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_DATA_DIR": str(folder)}
    command = ["encryption", "rotate-root", "--new", "--json"]
    told = await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["keys"] == 1
    assert (folder / "root.key").read_bytes() != before
    assert not (folder / "root.key.former").exists()
    async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}) as chimera:
        keyring = chimera.house.people.sealing.keyring
        assert await keyring.open(scope.tenant_id, sealed, purpose="p") == b"kept"
    with pytest.raises(RootKeyWrongError):
        async with running(sqlite_url, {}, {"root_key": before.decode()}):
            pass

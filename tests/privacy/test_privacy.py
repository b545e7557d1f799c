"""People have their data as a file, and have it gone with a receipt; a legal hold keeps it."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from chimera.crypto.receipts import Receipt, is_genuine
from chimera.crypto.root import RootSealer
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.privacy.erasing import Erasures
from chimera.privacy.inventory import INVENTORY
from chimera.store.personal import PersonalRows
from chimera.store.recording import Unrecorded
from chimera.tenancy.personal import Departure
from chimera.tenancy.repository import AllUsers
from tests.fakes import FakeUpstream
from tests.serving import OWNER_EMAIL, Running, provider_environment, running
from tests.surfaces.people import colleague_of, stranger_to

CANARY = "the canary of somebody's words"
PRIVACY = "/api/v1/privacy"


@dataclass
class Town:
    """A server with two people of one organisation and one of another, all of whom said something."""

    chimera: Running
    owner: httpx2.AsyncClient
    colleague: httpx2.AsyncClient
    stranger: httpx2.AsyncClient

    async def id_of(self, who: httpx2.AsyncClient) -> str:
        return str((await who.get("/api/v1/users/me")).json()["id"])

    async def left_of(self, tenant_id: UUID, user_id: UUID) -> int:
        scope = Scope(tenant_id=tenant_id, actor_id=user_id, permissions=frozenset())
        async with self.chimera.house.database.reading(scope) as tx:
            return sum([await PersonalRows(tx, scope, one).count(user_id) for one in INVENTORY if one.fate == "erased"])

    async def tenant_of(self, user_id: str) -> UUID:
        async with self.chimera.house.database.system_reading() as tx:
            rows = {str(row.id): row.tenant_id for row in await tx.scalars(AllUsers(tx).every())}
        return rows[user_id]


class _KilledError(Exception):
    pass


class _Fatal:
    """A clock after whose sixth look the process dies."""

    def __init__(self, moment: datetime) -> None:
        self._moment, self._looks = moment, 0

    def __call__(self) -> datetime:
        self._looks += 1
        if self._looks > 6:
            raise _KilledError
        return self._moment


async def say(who: httpx2.AsyncClient) -> None:
    assert (await who.post("/api/v1/chat", json={"message": CANARY})).is_success
    assert (await who.post("/v1/responses", json={"model": "openai/gpt-5", "input": CANARY})).is_success
    sent = await who.post("/v1/files", data={"purpose": "batch"}, files={"file": ("a.jsonl", CANARY.encode())})
    assert sent.is_success


@pytest.fixture
async def town(sqlite_url: str) -> AsyncGenerator[Town]:
    async with (
        FakeUpstream(keys={"good-key"}) as fake,
        running(sqlite_url, provider_environment(fake, "openai")) as one,
    ):
        keys = (one.key, await colleague_of(one), await stranger_to(one))
        clients = [httpx2.AsyncClient(base_url=one.url, headers={"Authorization": f"Bearer {key}"}) for key in keys]
        for client in clients:
            await say(client)
        yield Town(one, *clients)
        for client in clients:
            await client.aclose()


async def exported(who: httpx2.AsyncClient, **body: str) -> zipfile.ZipFile:
    answer = await who.post(f"{PRIVACY}/exports", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_everybody_has_their_own_data_as_a_file_and_nobody_else_s(town: Town) -> None:
    archive = await exported(town.colleague)
    me, other = await town.id_of(town.colleague), await town.id_of(town.owner)
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["user_id"] == me
    for told in manifest["files"]:
        content = archive.read(told["path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (told["bytes"], told["sha256"])
    assert {name for name in archive.namelist() if name != "manifest.json"} == {
        one["path"] for one in manifest["files"]
    }
    readable = [name for name in archive.namelist() if name.endswith(".md")]
    assert CANARY in archive.read(readable[0]).decode()
    conversation = json.loads(archive.read("data/conversations-00000.jsonl"))
    assert CANARY in [part["text"] for message in conversation["messages"] for part in message["parts"]]
    (file,) = (name for name in archive.namelist() if name.startswith("files/"))
    assert archive.read(file) == CANARY.encode()
    assert manifest["rows"]["responses"] == 1
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert other not in everything
    assert "secret_hash" not in everything


@pytest.mark.parametrize("depth", [50, 900, 5_000])
async def test_texts_that_are_deeply_nested_json_are_told_like_any_other(town: Town, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    made = await town.colleague.post("/api/v1/conversations", json={"title": "t", "system_prompt": nested})
    archive = await exported(town.colleague)
    lines = archive.read("data/conversations-00000.jsonl").decode().splitlines()
    [told] = [one for one in map(json.loads, lines) if one["id"] == made.json()["id"]]
    prompt = told["system_prompt"]
    assert (prompt if isinstance(prompt, str) else json.dumps(prompt)) == nested


async def test_people_are_told_of_the_account_that_they_sign_in_with_and_nobody_else_is(town: Town) -> None:
    theirs = await exported(town.owner)
    account = json.loads(theirs.read("data/people-00000.jsonl"))
    assert account["email"] == OWNER_EMAIL
    assert not {"password_hash", "secret", "token_hash", "code_hash"} & account.keys()
    of_another = await exported(town.owner, user_id=await town.id_of(town.colleague))
    assert "people" not in json.loads(of_another.read("manifest.json"))["rows"]


async def test_the_data_of_others_needs_the_permission_and_is_not_found_elsewhere(town: Town) -> None:
    theirs, foreign = await town.id_of(town.colleague), await town.id_of(town.stranger)
    assert json.loads((await exported(town.owner, user_id=theirs)).read("manifest.json"))["user_id"] == theirs
    made = await town.owner.post("/api/v1/keys", json={"name": "little", "permissions": ["chat"]})
    little = {"Authorization": f"Bearer {made.json()['key']}"}
    refused = await town.owner.post(f"{PRIVACY}/exports", json={"user_id": theirs}, headers=little)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    for path, body in (
        ("exports", {"user_id": foreign}),
        ("erasures", {"user_id": foreign}),
        ("legal-holds", {"user_id": foreign, "reason": "a"}),
    ):
        answer = await town.owner.post(f"{PRIVACY}/{path}", json=body)
        missing = await town.owner.post(f"{PRIVACY}/{path}", json={**body, "user_id": str(new_id())})
        assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")
        assert answer.json()["detail"] == missing.json()["detail"]
    refused = await town.owner.post(f"{PRIVACY}/erasures", json={"user_id": theirs}, headers=little)
    assert refused.status_code == 403


async def test_an_erasure_removes_the_user_at_once_and_everything_of_theirs_with_a_receipt(town: Town) -> None:
    user_id = await town.id_of(town.colleague)
    tenant_id, before = await town.tenant_of(user_id), await exported(town.owner)
    erasures = town.chimera.house.privacy.erasures
    begun = await town.owner.post(f"{PRIVACY}/erasures", json={"user_id": user_id})
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert (await town.colleague.get("/api/v1/users/me")).status_code == 401
    again = await town.owner.post(f"{PRIVACY}/erasures", json={"user_id": user_id})
    assert again.json()["id"] == begun.json()["id"]
    await erasures.lead_on()
    later = erasures.now() + timedelta(minutes=1)
    quick = Erasures(
        database=erasures.database,
        departure=erasures.departure,
        recorder=erasures.recorder,
        signer=erasures.signer,
        now=lambda: later,
    )
    await quick.lead_on()
    done = (await town.owner.get(f"{PRIVACY}/erasures/{begun.json()['id']}")).json()
    assert done["state"] == "done"
    receipt = Receipt(text=done["receipt"], key=done["key"], signature=done["signature"])
    assert is_genuine(receipt)
    assert receipt.key in (await town.owner.get("/api/v1/encryption/keys")).json()["receipt_keys"]
    told = json.loads(receipt.text)
    assert (told["user_id"], told["erased"]) == (user_id, done["counts"])
    assert {"conversations", "responses", "files"} <= set(told["erased"])
    assert await town.left_of(tenant_id, UUID(user_id)) == 0
    gone = await town.owner.post(f"{PRIVACY}/exports", json={"user_id": user_id})
    assert gone.status_code == 404
    after = await exported(town.owner)
    assert json.loads(after.read("manifest.json"))["rows"]["conversations"] == 1
    assert set(before.namelist()) <= set(after.namelist())
    listed = (await town.owner.get(f"{PRIVACY}/erasures")).json()["data"]
    assert [one["id"] for one in listed] == [begun.json()["id"]]


async def test_an_erasure_goes_on_elsewhere_when_its_replica_dies(town: Town) -> None:
    user_id = await town.id_of(town.colleague)
    house = town.chimera.house
    scope = Scope(
        tenant_id=await town.tenant_of(user_id), actor_id=UUID(user_id), permissions=frozenset({"privacy:manage"})
    )
    departure = Departure(database=house.database, remove=house.people.members.directory.remove)
    moment = house.privacy.erasures.now() + timedelta(hours=1)  # the round of the server does not find it due
    clock = [moment]
    first, second = (
        Erasures(
            database=house.database,
            departure=departure,
            recorder=Unrecorded(),
            signer=RootSealer(root=os.urandom(32)),
            settles=timedelta(0),
            lot=1,
            now=lambda: clock[0],
        )
        for _ in range(2)
    )
    owner = await town.id_of(town.owner)
    officer = Scope(
        tenant_id=scope.tenant_id,
        actor_id=UUID(owner),
        permissions=frozenset({"privacy:manage", "users:manage"}),
    )
    row = await first.begin(officer, UUID(user_id))
    # Stopped between its first lot and the next, as a kill would.
    with pytest.raises(_KilledError):
        await replace(first, recorder=Unrecorded(), now=_Fatal(moment)).lead_on()
    killed = await second.get(officer, row.id)
    assert (killed.state, sum(killed.counts.values()) >= 1) == ("running", True)
    assert await second.lead_on() == 0  # the lease of the dead one stands
    clock[0] = moment + timedelta(minutes=1)
    assert await second.lead_on() == 1
    done = await second.get(officer, row.id)
    assert done.state == "done"
    assert all(done.counts[name] >= count for name, count in killed.counts.items())
    assert await town.left_of(scope.tenant_id, UUID(user_id)) == 0


async def test_nothing_is_erased_while_a_legal_hold_stands(town: Town) -> None:
    user_id = await town.id_of(town.colleague)
    placed = await town.owner.post(f"{PRIVACY}/legal-holds", json={"user_id": user_id, "reason": "Case 1"})
    assert placed.status_code == 201
    refused = await town.owner.post(f"{PRIVACY}/erasures", json={"user_id": user_id})
    assert (refused.status_code, refused.json()["code"]) == (409, "under_legal_hold")
    assert (await town.colleague.get("/api/v1/users/me")).status_code == 200
    foreign = await town.stranger.delete(f"{PRIVACY}/legal-holds/{placed.json()['id']}")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "legal_hold_not_found")
    assert (await town.owner.delete(f"{PRIVACY}/legal-holds/{placed.json()['id']}")).status_code == 204
    assert (await town.owner.get(f"{PRIVACY}/legal-holds")).json()["data"][0]["released_at"] is not None
    assert (await town.owner.post(f"{PRIVACY}/legal-holds", json={"reason": "All"})).status_code == 201
    held = await town.owner.post(f"{PRIVACY}/erasures", json={"user_id": user_id})
    assert held.json()["code"] == "under_legal_hold"


async def test_the_last_owner_is_not_erased(town: Town) -> None:
    owner = await town.id_of(town.owner)
    # The colleague cannot sign in, and so is none who could take over; nor may they remove who runs the installation.
    for who, told in ((town.owner, (409, "last_owner")), (town.colleague, (403, "permission_denied"))):
        refused = await who.post(f"{PRIVACY}/erasures", json={"user_id": owner})
        assert (refused.status_code, refused.json()["code"]) == told
    assert (await town.owner.get(f"{PRIVACY}/erasures")).json()["data"] == []

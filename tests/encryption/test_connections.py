"""Credentials of providers are kept, rotated and checked; they are shown to nobody and sent to no other address."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from chimera.bootstrap.settings import SettingsError, load
from chimera.encryption.repository import AllSecrets
from tests.serving import Running, running
from tests.surfaces.people import stranger_to

CANARY, NEWER = "sk-canary-of-a-credential", "sk-newer-canary-of-a-credential"
CONNECTIONS = "/api/v1/provider-connections"


@dataclass
class Provider:
    """Repeats what it is sent, as clumsy providers do."""

    status: int = 200
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        why = "Incorrect API key" if self.status == 401 else "No"
        said = {"data": [], "error": {"message": f"{why}: {request.headers}"}}
        return web.json_response(said, status=self.status)


@dataclass
class Town:
    chimera: Running
    owner: httpx2.AsyncClient
    provider: Provider
    address: str


@pytest.fixture
async def town(sqlite_url: str) -> AsyncGenerator[Town]:
    provider = Provider()
    app = web.Application()
    app.router.add_get("/v1/models", provider.answer)
    async with (
        TestServer(app) as server,
        running(sqlite_url, {}, {"private_networks": True}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner,
    ):
        yield Town(chimera, owner, provider, str(server.make_url("/v1")))


async def made(town: Town) -> str:
    body = {"name": "Ours", "kind": "openai_compatible", "base_url": town.address, "credential": CANARY}
    answer = await town.owner.post(CONNECTIONS, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_credential_is_used_and_never_shown(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    connection = await made(town)
    said = []
    for status, outcome in (
        (200, "ok"),
        (401, "wrong_key"),
        (403, "refused"),
        (404, "wrong_address"),
        (429, "rate_limited"),
        (500, "failed"),
    ):
        town.provider.status = status
        answer = await town.owner.post(f"{CONNECTIONS}/{connection}/check")
        assert answer.json() == {"outcome": outcome}
        said.append(answer.text)
    assert {one["Authorization"] for one in town.provider.asked} == {f"Bearer {CANARY}"}
    await town.chimera.house.audit.notes.drain()
    listed, trail = [(await town.owner.get(path)).text for path in (CONNECTIONS, "/api/v1/audit")]
    assert trail.count('"secret.used"') >= 6
    said += [listed, trail]
    said += [(await town.owner.post(CONNECTIONS, json={"name": "Ours", "kind": "openai", "credential": CANARY})).text]
    said += [(await town.owner.post(CONNECTIONS, json={"credential": CANARY, "kind": CANARY})).text]
    said += capsys.readouterr()
    assert not any(CANARY in one for one in said)
    assert CANARY not in repr(town.chimera.house.people.sealing.connections.secrets)


async def test_after_a_rotation_the_new_one_is_used_and_the_old_one_is_gone_in_time(town: Town) -> None:
    connection, secrets = await made(town), town.chimera.house.people.sealing.connections.secrets
    (before,) = await rows(town)
    kept = await town.owner.post(f"{CONNECTIONS}/{connection}/rotate", json={"credential": NEWER, "keep_former_s": 60})
    assert kept.json()["former_until"] is not None
    assert await secrets.read(before) == CANARY.encode()
    await town.owner.post(f"{CONNECTIONS}/{connection}/check")
    assert town.provider.asked[-1]["Authorization"] == f"Bearer {NEWER}"
    last = await town.owner.post(f"{CONNECTIONS}/{connection}/rotate", json={"credential": CANARY})
    assert last.json()["former_until"] is None
    assert len(await rows(town)) == 1
    assert (await town.owner.delete(f"{CONNECTIONS}/{connection}")).status_code == 204
    assert await rows(town) == []


async def rows(town: Town) -> list[str]:
    """Names of the secrets that are kept."""
    async with town.chimera.house.database.system_reading() as tx:
        return [row.name for row in await tx.scalars(AllSecrets(tx).every())]


async def test_a_connection_is_found_by_its_organisation_alone_and_its_address_never_changes(town: Town) -> None:
    connection = await made(town)
    headers = {"Authorization": f"Bearer {await stranger_to(town.chimera)}"}
    for method, path, body in (
        ("POST", f"{CONNECTIONS}/{connection}/rotate", {"credential": NEWER}),
        ("POST", f"{CONNECTIONS}/{connection}/check", None),
        ("PATCH", f"{CONNECTIONS}/{connection}", {"enabled": False}),
        ("DELETE", f"{CONNECTIONS}/{connection}", None),
    ):
        answer = await town.owner.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "provider_connection_not_found")
    assert (await town.owner.get(CONNECTIONS, headers=headers)).json() == {"data": []}
    elsewhere = {"credential": NEWER, "base_url": "https://attacker.example"}
    assert (await town.owner.post(f"{CONNECTIONS}/{connection}/rotate", json=elsewhere)).status_code == 422
    assert (await town.owner.patch(f"{CONNECTIONS}/{connection}", json=elsewhere)).status_code == 422
    assert "attacker" not in (await town.owner.get(CONNECTIONS)).text
    assert {one["Authorization"] for one in town.provider.asked} <= {f"Bearer {CANARY}"}
    assert len(await rows(town)) == 1


ODD = (
    "http://api.openai.com/v1",
    "https://user:pass@api.openai.com/v1",
    "file:///etc/passwd",
    "https://",
    "https://a b",
    "https://api.openai.com/v1?x=1",
    "https://api.openai.com/v1#x",
    "https://[",
)


def inside() -> list[str]:
    lines = (Path(__file__).parents[1] / "data" / "inner_addresses.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


async def test_addresses_that_are_none_of_the_public_internet_are_refused(sqlite_url: str) -> None:
    async with running(sqlite_url, {}) as chimera, httpx2.AsyncClient(base_url=chimera.url) as http:
        for address in (*ODD, *inside()):
            body = {"name": "a", "kind": "openai", "base_url": address, "credential": CANARY}
            answer = await http.post(CONNECTIONS, json=body, headers=chimera.headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), answer.text


async def test_operators_choose_where_credentials_lie(sqlite_url: str, tmp_path: Path) -> None:
    chosen = {"secrets": {"store": "file", "options": {"folder": str(tmp_path / "secrets")}}}
    body = {"name": "a", "kind": "openai", "base_url": "https://llm.example.invalid/v1", "credential": CANARY}
    async with running(sqlite_url, {}, chosen) as chimera, httpx2.AsyncClient(base_url=chimera.url) as http:
        assert (await http.post(CONNECTIONS, json=body, headers=chimera.headers)).status_code == 201
    assert CANARY.encode() in contents(tmp_path / "secrets")
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    assert not any(CANARY.encode() in one.read_bytes() for one in database.parent.glob(f"{database.name}*"))
    wrong = {"secrets": {"store": "vault", "options": {"token": CANARY, "tokn": CANARY}}}
    with pytest.raises(SettingsError) as raised:
        async with running(sqlite_url, {}, wrong):
            pass
    assert "address" in raised.value.message
    assert CANARY not in raised.value.message + repr(load({}, wrong))


def contents(folder: Path) -> list[bytes]:
    return [one.read_bytes() for one in folder.rglob("*") if one.is_file()]

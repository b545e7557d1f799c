"""Identity providers are configured by those who may, each for its own organisation, and keep their secrets."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.identity_provider import CLIENT_SECRET, IdentityProvider
from tests.identity_provider.forging import Forger
from tests.serving import Running, running
from tests.tenancy.sso.signing_in import browser, configured

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_provider_is_configured_changed_listed_and_removed(owner: httpx2.AsyncClient) -> None:
    made = await configured(owner, "https://login.example.com", name="First", domains=["Example.COM", "example.org"])
    assert made["domains"] == ["example.com", "example.org"]
    assert (made["has_secret"], made["default_role"], made["just_in_time"]) == (True, "member", False)
    at = f"/api/v1/identity-providers/{made['id']}"
    change = {"default_role": None, "client_secret": None, "roles_by_group": {"it": "admin"}, "name": None}
    changed = (await owner.patch(at, json=change)).json()
    assert (changed["name"], changed["default_role"], changed["has_secret"]) == ("First", None, False)
    assert (await owner.get(at)).json() == changed
    taken = await owner.post(
        "/api/v1/identity-providers",
        json={
            "name": "First",
            "issuer": "https://login.example.com",
            "client_id": "c",
            "domains": ["example.com"],
        },
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_provider_exists")
    listed = (await owner.get("/api/v1/identity-providers?limit=1")).json()
    assert listed["data"][0]["id"] == made["id"]
    assert (await owner.delete(at)).status_code == 204
    assert (await owner.get(at)).json()["code"] == "identity_provider_not_found"


async def test_the_client_secret_is_nowhere_to_be_read(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    made = await configured(owner, idp.issuer, name="Secretive")
    at = f"/api/v1/identity-providers/{made['id']}"
    for answer in (
        await owner.get(at),
        await owner.get("/api/v1/identity-providers"),
        await owner.get("/api/v1/audit"),
    ):
        assert CLIENT_SECRET not in answer.text
    folder = Path(chimera.house.settings.data_dir)
    for file in (folder / "chimera.db", folder / "chimera.db-wal"):
        assert not file.exists() or CLIENT_SECRET.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "terms",
    [
        {"issuer": "login.example.com"},
        {"issuer": "https://login.example.com?x=1"},
        {"issuer": "https://user:secret@login.example.com"},
        {"issuer": "file:///etc/passwd"},
        {"issuer": "https://login.example.com/\u0000"},
        {"issuer": "https://[::1"},
        {"domains": []},
        {"domains": ['"%']},
        {"scopes": ["a b"]},
        {"roles_by_group": {"it": "no-such-role"}},
        {"tenant_id": "0199c3f4-0000-7000-8000-000000000000"},
        {"ceiling": ["encryption:manage"]},
        {"id": "0199c3f4-0000-7000-8000-000000000000"},
    ],
    ids=str,
)
async def test_terms_that_make_no_sense_are_refused(owner: httpx2.AsyncClient, terms: dict[str, Any]) -> None:
    body = {"name": "Odd", "issuer": "https://login.example.com", "client_id": "c", "domains": ["example.com"]}
    assert (await owner.post("/api/v1/identity-providers", json=body | terms)).status_code in {400, 404, 422}


async def test_only_who_may_manage_sign_in_sees_providers(chimera: Running, owner: httpx2.AsyncClient) -> None:
    key = await owner.post("/api/v1/keys", json={"name": "lesser", "permissions": ["chat", "users:manage"]})
    made = await configured(owner, "https://login.example.com", name="Not for all")
    headers = {"Authorization": f"Bearer {key.json()['key']}"}
    at = f"/api/v1/identity-providers/{made['id']}"
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers) as lesser:
        for answer in (
            await lesser.get("/api/v1/identity-providers"),
            await lesser.get(at),
            await lesser.delete(at),
            await lesser.patch(at, json={"enabled": False}),
            await lesser.post(f"{at}/check"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_a_check_tells_whether_the_provider_answers(owner: httpx2.AsyncClient, idp: IdentityProvider) -> None:
    good = await configured(owner, idp.issuer, name="Good")
    checked = (await owner.post(f"/api/v1/identity-providers/{good['id']}/check")).json()
    assert (checked["usable"], checked["token_endpoint"]) == (True, f"{idp.issuer}/token")
    other = await configured(owner, f"{idp.issuer}/nowhere", name="Bad")
    checked = (await owner.post(f"/api/v1/identity-providers/{other['id']}/check")).json()
    assert (checked["usable"], checked["jwks_uri"]) == (False, None)


async def test_providers_within_reach_of_this_server_alone_are_not_asked(
    evil: Forger, sqlite_url: str, tmp_path: Path
) -> None:
    issuers = (evil.issuer, evil.issuer.replace("http:", "https:"), "https://169.254.169.254", "https://localhost")
    async with (
        running(sqlite_url, {}, {"data_dir": tmp_path}) as careful,
        httpx2.AsyncClient(base_url=careful.url, headers=careful.headers) as owner,
        browser(careful) as http,
    ):
        for issuer in issuers:
            made = await configured(owner, issuer)
            checked = (await owner.post(f"/api/v1/identity-providers/{made['id']}/check")).json()
            assert checked["usable"] is False
            assert (await http.get(f"/api/v1/sso/{made['id']}/start")).status_code == 503
    assert evil.asked == []

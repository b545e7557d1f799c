"""What a provider says counts in its own organisation: not in others of the same person, whoever runs it."""

import httpx2
import pytest
from tests.identity_provider.forging import Forger
from tests.serving import Running
from tests.tenancy.scim.directory import brought, directory_of, stranger
from tests.tenancy.sso.signing_in import CALLBACK, browser, configured, departed, me

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_hostile_provider_of_another_organisation_gets_nothing_of_a_person(
    chimera: Running, owner: httpx2.AsyncClient, evil: Forger
) -> None:
    async with directory_of(chimera, owner) as directory:
        victim = await brought(directory, "victim")  # without a password, as all whom a directory brings
    headers = {"Authorization": f"Bearer {await stranger(chimera)}"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers) as elsewhere, browser(chimera) as http:
        provider = await configured(elsewhere, evil.issuer, just_in_time=True, client_secret=None)
        asked = await departed(http, provider["id"])
        said = {"nonce": asked["nonce"], "email": victim["userName"], "email_verified": True, "groups": []}
        evil.vouch(evil.signed(evil.claims(**said)))
        await http.get(CALLBACK, params={"state": asked["state"], "code": "c"})
        found = await me(http)
        assert found is not None
        assert found["tenant"]["name"] == "Others"
        assert found["user"]["id"] != victim["id"]
        places = (await http.get("/api/v1/session/tenants")).json()["data"]
        assert [place["tenant_name"] for place in places] == ["Others"], "not where else they belong"
        offered = (await http.get("/api/v1/sso", params={"domain": "example.com"})).json()["data"]
        assert provider["id"] not in {each["id"] for each in offered}, "nobody is sent there by their address"
        origin = {"origin": chimera.url}
        home = (await owner.get("/api/v1/session")).json()["tenant"]["id"]
        for path, body in (
            ("/api/v1/passkey-registration", None),
            ("/api/v1/factors/totp", None),
            ("/api/v1/factors/recovery-codes", None),
            ("/api/v1/session/tenant", {"tenant_id": home}),
        ):
            refused = await http.post(path, json=body, headers=origin)
            assert refused.status_code == 403, f"{path}: {refused.text}"
    assert (await owner.get(f"/api/v1/users/{victim['id']}")).json()["role"] == "member"

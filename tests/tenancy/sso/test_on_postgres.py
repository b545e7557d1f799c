"""The whole of single sign-on once on PostgreSQL, whose row-level security every query has to satisfy."""

from pathlib import Path

import httpx2
from tests.identity_provider.forging import Forger
from tests.serving import OWNER_EMAIL, running
from tests.tenancy.sso.signing_in import CALLBACK, browser, configured, departed, me

LOGOUT = {"http://schemas.openid.net/event/backchannel-logout": {}}


async def test_people_come_in_get_roles_and_are_signed_out(
    postgres_url: str, tmp_path: Path, forger_here: Forger
) -> None:
    evil = forger_here
    async with (
        running(postgres_url, {}, {"data_dir": tmp_path, "private_networks": True}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner,
    ):
        terms = {"just_in_time": True, "roles_by_group": {"it": "admin"}, "client_secret": None}
        provider = await configured(owner, evil.issuer, **terms)
        seen = []
        for subject, email, groups in (
            ("ada", "ada@example.com", ["it"]),
            ("ada", "other@example.com", []),
            ("boss", OWNER_EMAIL, []),
        ):
            async with browser(chimera) as http:
                asked = await departed(http, provider["id"])
                claims = {"sub": subject, "email": email, "email_verified": True, "groups": groups, "sid": subject}
                evil.vouch(evil.signed(evil.claims(nonce=asked["nonce"], **claims)))
                arrived = await http.get(CALLBACK, params={"state": asked["state"], "code": "c"})
                assert arrived.status_code == 200, arrived.text
                found = await me(http)
                assert found is not None
                seen.append((found["user"]["email"], "users:manage" in found["permissions"]))
                left = evil.signed(evil.claims(sub=subject, jti=str(len(seen)), events=LOGOUT, sid=subject))
                form = {"logout_token": left}
                assert (await http.post(f"/api/v1/sso/backchannel-logout/{provider['id']}", data=form)).is_success
                assert await me(http) is None
        assert seen == [("ada@example.com", True), ("ada@example.com", False), (OWNER_EMAIL, True)]
        listed = await owner.get("/api/v1/sso?domain=example.com")
        assert [option["id"] for option in listed.json()["data"]] == [provider["id"]]
        assert (await owner.delete(f"/api/v1/identity-providers/{provider['id']}")).status_code == 204

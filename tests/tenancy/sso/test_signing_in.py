"""People sign in at a certified OpenID provider, and are who it vouches for: no more, and no longer."""

from dataclasses import replace
from datetime import datetime, timedelta

import httpx2
import pytest
from tests.identity_provider import IdentityProvider
from tests.serving import OWNER_EMAIL, Running
from tests.tenancy.sso.signing_in import browser, configured, departed, me, sign_in

from chimera.kit.clock import utc_now
from chimera.tenancy.sessions.attempts import MOST_SENT
from chimera.tenancy.sso.repository import STEP, Departures

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_is_unknown_becomes_a_user_and_is_known_from_then_on_by_sub_alone(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Just in time", just_in_time=True)
    await idp.know_person("ada", email="Ada@Example.com", email_verified=True, name="Ada")
    async with browser(chimera) as http:
        arrived = await sign_in(http, provider["id"], "ada", return_to="/c/1?q=a&b")
        assert (arrived.status_code, arrived.headers["cache-control"]) == (200, "no-store")
        assert 'http-equiv="refresh" content="0;url=/c/1?q=a&amp;b"' in arrived.text
        cookies = arrived.headers.get_list("set-cookie")
        session = next(cookie for cookie in cookies if cookie.startswith("chimera_session="))
        assert "HttpOnly" in session
        assert "SameSite=strict" in session
        assert any(cookie.startswith("chimera_sso_") and "Max-Age=0" in cookie for cookie in cookies)
        first = await me(http)
        assert first is not None
        assert (first["user"]["email"], first["user"]["name"]) == ("ada@example.com", "Ada")
        assert "users:manage" not in first["permissions"]
    # The address goes to somebody else, who is somebody else here, too.
    await idp.know_person("ada", email="countess@example.com", email_verified=True)
    await idp.know_person("eve", email="eve@example.com", email_verified=True)
    async with browser(chimera) as http:
        await sign_in(http, provider["id"], "ada")
        assert (await me(http) or {})["user"]["id"] == first["user"]["id"]
    async with browser(chimera) as http:
        await sign_in(http, provider["id"], "eve")
        assert (await me(http) or {})["user"]["id"] != first["user"]["id"]


async def test_nobody_becomes_a_user_where_that_is_not_wanted_or_of_another_domain(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    closed = await configured(owner, idp.issuer, name="Closed")
    nameless = await configured(owner, idp.issuer, name="No role", just_in_time=True, default_role=None)
    elsewhere = await configured(owner, idp.issuer, name="Elsewhere", just_in_time=True, domains=["example.org"])
    await idp.know_person("bob", email="bob@example.com", email_verified=True)
    for provider in (closed, nameless, elsewhere):
        async with browser(chimera) as http:
            refused = await sign_in(http, provider["id"], "bob")
            assert (refused.status_code, refused.json()["code"]) == (403, "not_invited")
            assert await me(http) is None


async def test_an_address_that_the_provider_does_not_say_is_theirs_opens_nobody_s_account(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Unverified", just_in_time=True)
    for subject, claims in {
        "mallory": {"email": OWNER_EMAIL, "email_verified": False},
        "mallory2": {"email": OWNER_EMAIL},
        "mallory3": {"email": OWNER_EMAIL, "email_verified": "yes"},
        "mallory4": {"email": "unknown@example.com", "email_verified": False},
    }.items():
        await idp.know_person(subject, **claims)
        async with browser(chimera) as http:
            refused = await sign_in(http, provider["id"], subject)
            assert (refused.status_code, refused.json()["code"]) == (403, "not_invited"), subject
            assert await me(http) is None


async def test_a_provider_vouches_only_for_those_who_hold_no_more_than_whoever_configured_it(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    key = await owner.post("/api/v1/keys", json={"name": "lesser", "permissions": ["sso:manage", "chat"]})
    await idp.know_person("boss", email=OWNER_EMAIL, email_verified=True)
    headers = {"Authorization": f"Bearer {key.json()['key']}"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers) as lesser:
        provider = await configured(lesser, idp.issuer, name="By a lesser one", default_role=None)
        for terms in ({"default_role": "admin"}, {"roles_by_group": {"staff": "owner"}}):
            refused = await lesser.patch(f"/api/v1/identity-providers/{provider['id']}", json=terms)
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    async with browser(chimera) as http:
        refused = await sign_in(http, provider["id"], "boss")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_invited")
    await owner.patch(f"/api/v1/identity-providers/{provider['id']}", json={"name": "By the owner"})
    async with browser(chimera) as http:
        assert (await sign_in(http, provider["id"], "boss")).status_code == 200
        assert (await me(http) or {})["user"]["email"] == OWNER_EMAIL


async def test_groups_give_a_role_with_every_sign_in_and_take_it_again(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    roles = {"staff": "viewer", "finance": "billing", "it": "admin"}
    provider = await configured(owner, idp.issuer, name="Groups", just_in_time=True, roles_by_group=roles)
    seen = []
    for groups in (["staff", "it"], ["staff"], ["other"], ["finance", "staff"], "it", None, {"it": "admin"}):
        await idp.know_person("carol", email="carol@example.com", email_verified=True, groups=groups)
        async with browser(chimera) as http:
            assert (await sign_in(http, provider["id"], "carol")).status_code == 200
            found = await me(http)
            assert found is not None
            permissions = set(found["permissions"])
            seen.append(
                "admin"
                if "users:manage" in permissions
                else "billing"
                if "spend:read" in permissions
                else "member"
                if "chat" in permissions
                else "viewer"
            )
    assert seen == ["admin", "viewer", "member", "billing", "admin", "member", "member"]


async def test_the_last_owner_stays_one_whatever_the_groups_say(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    roles = {"board": "owner", "staff": "member"}
    provider = await configured(owner, idp.issuer, name="Owners", roles_by_group=roles)
    await idp.know_person("boss", email=OWNER_EMAIL, email_verified=True, groups=["staff"])
    async with browser(chimera) as http:
        assert (await sign_in(http, provider["id"], "boss")).status_code == 200
        assert "encryption:manage" in (await me(http) or {})["permissions"]


async def test_a_return_is_good_once_and_in_the_browser_that_left(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Once", just_in_time=True)
    await idp.know_person("dan", email="dan@example.com", email_verified=True)
    async with browser(chimera) as victim, browser(chimera) as attacker:
        form = await attacker.get(f"/api/v1/sso/{provider['id']}/start", follow_redirects=True)
        step = await attacker.post(form.url, data={"login": "dan"})
        while (to := step.headers["location"]) and "/sso/callback" not in to:
            step = await attacker.get(to)
        lured = await victim.get(to)
        assert (lured.status_code, lured.json()["code"]) == (400, "sign_in_expired")
        assert await me(victim) is None
        burnt = await attacker.get(to)
        assert burnt.json()["code"] == "sign_in_expired"
    async with browser(chimera) as http:
        arrived = await sign_in(http, provider["id"], "dan")
        again = await http.get(arrived.url)
        assert again.json()["code"] == "sign_in_expired"
        for_people = await http.get(arrived.url, headers={"accept": "text/html"})
        assert for_people.status_code == 400
        assert "<small>sign_in_expired</small>" in for_people.text


async def test_what_is_asked_of_the_provider_binds_the_answer_to_this_sign_in(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Asking")
    async with browser(chimera) as http:
        one, two = await departed(http, provider["id"]), await departed(http, provider["id"])
    assert one["code_challenge_method"] == "S256"
    assert one["scope"] == "openid profile email"
    assert one["redirect_uri"] == f"{chimera.url}/api/v1/sso/callback" == provider["redirect_uri"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) >= 43
        assert one[name] != two[name]


@pytest.mark.parametrize(
    "return_to",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "evil", "/\t/evil", "/ä"],
)
async def test_nobody_is_led_elsewhere_after_signing_in(
    chimera: Running, owner: httpx2.AsyncClient, return_to: str
) -> None:
    async with browser(chimera) as http:
        nobody = "0199c3f4-0000-7000-8000-000000000000"
        refused = await http.get(f"/api/v1/sso/{nobody}/start", params={"return_to": return_to})
        assert refused.status_code == 422


async def test_new_keys_of_the_provider_are_found_and_old_ones_forgotten(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Rotating", just_in_time=True)
    await idp.know_person("fay", email="fay@example.com", email_verified=True)
    issuers = chimera.house.people.sso.issuers
    async with browser(chimera) as http:
        assert (await sign_in(http, provider["id"], "fay")).status_code == 200
    await idp.sign_with_a_new_key(only=True)
    issuers.forget(idp.issuer)
    async with browser(chimera) as http:
        assert (await sign_in(http, provider["id"], "fay")).status_code == 200


async def test_the_provider_ends_its_sessions_here(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Leaving", just_in_time=True)
    await idp.know_client(
        provider["redirect_uri"],
        backchannel_logout_uri=provider["backchannel_logout_uri"],
        backchannel_logout_session_required=True,
    )
    await idp.know_person("gil", email="gil@example.com", email_verified=True)
    async with browser(chimera) as here, browser(chimera) as elsewhere:
        await sign_in(here, provider["id"], "gil")
        await sign_in(elsewhere, provider["id"], "gil")
        form = await here.get(f"{idp.issuer}/session/end")
        token = form.text.partition('name="xsrf" value="')[2].partition('"')[0]
        left = await here.post(f"{idp.issuer}/session/end/confirm", data={"xsrf": token, "logout": "yes"})
        assert left.status_code in {302, 303}
        assert await me(here) is None
        assert await me(elsewhere) is not None


async def test_who_is_shut_out_here_is_not_let_in_by_a_provider(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Shut out", just_in_time=True)
    await idp.know_person("hal", email="hal@example.com", email_verified=True)
    async with browser(chimera) as http:
        await sign_in(http, provider["id"], "hal")
        user = (await me(http) or {})["user"]["id"]
    await owner.patch(f"/api/v1/users/{user}", json={"suspended": True})
    async with browser(chimera) as http:
        refused = await sign_in(http, provider["id"], "hal")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_invited")


async def test_a_disabled_provider_signs_nobody_in_and_its_sessions_are_over(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Disabled", just_in_time=True, domains=["closing.example"])
    await idp.know_person("ian", email="ian@closing.example", email_verified=True)
    async with browser(chimera) as http:
        await sign_in(http, provider["id"], "ian")
        offered = (await http.get("/api/v1/sso?domain=Closing.Example")).json()["data"]
        assert offered == [{"id": provider["id"], "name": "Disabled"}]
        await owner.patch(f"/api/v1/identity-providers/{provider['id']}", json={"enabled": False})
        assert await me(http) is None
        refused = await http.get(f"/api/v1/sso/{provider['id']}/start")
        assert (refused.status_code, refused.json()["code"]) == (404, "identity_provider_not_found")
        for domain in ("closing.example", "losing.example", '%"', "closing.example\\"):
            assert (await http.get("/api/v1/sso", params={"domain": domain})).json()["data"] == []


async def test_their_sessions_last_as_the_organisation_says_too(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Short", just_in_time=True)
    await idp.know_person("joe", email="joe@example.com", email_verified=True)
    assert (await owner.put("/api/v1/policies/sign_in", json={"longest_hours": 1})).is_success
    async with browser(chimera) as http:
        arrived = await sign_in(http, provider["id"], "joe")
        assert arrived.is_success, arrived.text
        listed = await http.get("/api/v1/sessions")
        assert listed.is_success, listed.text
        (session,) = listed.json()["data"]
    await owner.delete("/api/v1/policies/sign_in")
    began, ends = (datetime.fromisoformat(session[name]) for name in ("created_at", "expires_at"))
    assert (session["method"], ends - began) == ("oidc", timedelta(hours=1))


def from_address(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


async def test_an_address_that_sends_browsers_away_and_never_back_must_wait_and_no_other(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider = await configured(owner, idp.issuer, name="Asked often", just_in_time=True)
    await idp.know_person("grace", email="grace@example.com", email_verified=True)
    start = f"/api/v1/sso/{provider['id']}/start"
    async with browser(chimera) as http:
        http.headers |= from_address("203.0.113.1")
        for _ in range(MOST_SENT - 1):
            assert (await http.get(start)).status_code == 302
        # Who comes back gives the place back.
        assert (await sign_in(http, provider["id"], "grace")).status_code == 200
        assert (await http.get(start)).status_code == 302
        refused = await http.get(start)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (await http.get(start, headers=from_address("203.0.113.2"))).status_code == 302


async def test_those_who_never_came_back_are_forgotten_and_never_too_many(
    chimera: Running, owner: httpx2.AsyncClient, idp: IdentityProvider
) -> None:
    provider, other = [
        await configured(owner, idp.issuer, name=name, just_in_time=True) for name in ("Left", "Left as well")
    ]
    house, sign_on = chimera.house, chimera.house.people.sso.sign_on

    async def under_way() -> int:
        async with house.database.system_reading() as tx:
            return len([row for row in await tx.scalars(Departures(tx).every()) if row.kind == STEP])

    async with browser(chimera) as http:
        http.headers |= from_address("203.0.113.3")
        for _ in range(3):
            await departed(http, provider["id"])
        last = await departed(http, other["id"])
        async with house.database.system_transaction() as tx:
            (tenant_id,) = {row.tenant_id_wanted for row in await tx.scalars(Departures(tx).every())}
            await Departures(tx).keep_newest(tenant_id, 2)
            assert await Departures(tx).take(last["state"], utc_now()) is not None
        assert await under_way() == 1
    await replace(sign_on, now=lambda: utc_now() + timedelta(minutes=9)).sweep()
    assert await under_way() == 1
    await replace(sign_on, now=lambda: utc_now() + timedelta(minutes=11)).sweep()
    assert await under_way() == 0

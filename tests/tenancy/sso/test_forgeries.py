"""A provider, or somebody between it and us, says what it must not: nobody is signed in, and nobody is signed out."""

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from joserfc import jwk
from tests.identity_provider.forging import Forger, segment
from tests.serving import OWNER_EMAIL, Running
from tests.tenancy.sso.signing_in import CALLBACK, browser, configured, departed, me

pytestmark = pytest.mark.asyncio(loop_scope="module")

Forge = Callable[[Forger, str], str]
LOGOUT = {"http://schemas.openid.net/event/backchannel-logout": {}}
EMAIL = {"email": "ada@example.com", "email_verified": True}


def saying(**more: Any) -> Forge:
    return lambda evil, nonce: evil.signed(evil.claims(**{"nonce": nonce, **EMAIL, **more}))


def timed(**since_now: int) -> Forge:
    """Claims that are a number of seconds from the moment of the forgery."""

    def forge(evil: Forger, nonce: str) -> str:
        return saying(**{name: int(time.time()) + seconds for name, seconds in since_now.items()})(evil, nonce)

    return forge


def headed(**header: Any) -> Forge:
    return lambda evil, nonce: evil.signed(evil.claims(nonce=nonce, **EMAIL), **header)


def by_another_key(evil: Forger, nonce: str) -> str:
    other = jwk.RSAKey.generate_key(2048, {"kid": "first"})
    return evil.signed(evil.claims(nonce=nonce, **EMAIL), key=other)


def with_the_public_key_as_secret(evil: Forger, nonce: str) -> str:
    secret = jwk.OctKey.import_key(evil.key.as_pem(private=False).replace(b"-----", b""))
    return evil.signed(evil.claims(nonce=nonce, **EMAIL), key=secret, alg="HS256")


def unsigned(evil: Forger, nonce: str) -> str:
    return f"{segment({'alg': 'none'})}.{segment(evil.claims(nonce=nonce, **EMAIL))}."


def with_its_own_key(evil: Forger, nonce: str) -> str:
    other = jwk.RSAKey.generate_key(2048)
    claims = evil.claims(nonce=nonce, **EMAIL)
    return evil.signed(claims, key=other, kid=None, jwk=other.as_dict(private=False))


def changed_afterwards(evil: Forger, nonce: str) -> str:
    head, _, signature = saying()(evil, nonce).split(".")
    return f"{head}.{segment(evil.claims(nonce=nonce, sub='eve', **EMAIL))}.{signature}"


def stripped(evil: Forger, nonce: str) -> str:
    return saying()(evil, nonce).rpartition(".")[0] + "."


FORGERIES: dict[str, Forge] = {
    "unsigned": unsigned,
    "alg NoNe": lambda evil, nonce: unsigned(evil, nonce).replace(segment({"alg": "none"}), segment({"alg": "NoNe"})),
    "HS256 with the public key": with_the_public_key_as_secret,
    "an algorithm that is not believed": headed(alg="RS384"),
    "another key": by_another_key,
    "a key of its own": with_its_own_key,
    "an unknown key": headed(kid="../../etc/passwd"),
    "a critical header": headed(crit=["exp"], exp=1),
    "changed afterwards": changed_afterwards,
    "without its signature": stripped,
    "an access token": headed(typ="at+jwt"),
    "a logout token": saying(events=LOGOUT),
    "typed as a logout token": headed(typ="logout+jwt"),
    "not for us": saying(aud="another"),
    "for nobody": saying(aud=None),
    "for others, too": saying(aud=["chimera", "another"]),
    "authorised for another": saying(azp="another"),
    "of another issuer": saying(iss="https://login.example.com"),
    "of our issuer, almost": lambda evil, nonce: saying(iss=f"{evil.issuer}/")(evil, nonce),
    "expired": timed(exp=-120),
    "never expiring": saying(exp=None),
    "expiring in text": saying(exp="9999999999"),
    "expiring at true": saying(exp=True),
    "issued in the future": timed(iat=600),
    "never issued": saying(iat=None),
    "not good yet": timed(nbf=600),
    "without a nonce": saying(nonce=None),
    "with another's nonce": saying(nonce="0" * 64),
    "with a list of nonces": lambda evil, nonce: saying(nonce=[nonce])(evil, nonce),
    "of nobody": saying(sub=None),
    "of somebody endless": saying(sub="a" * 256),
    "of a number": saying(sub=1),
    "with another access token": saying(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no token": lambda evil, nonce: "",
    "half a token": lambda evil, nonce: "eyJhbGciOiJSUzI1NiJ9",
    "too long a token": saying(more="a" * 70_000),
    "deep nesting": lambda evil, nonce: f"{segment({'alg': 'RS256'})[:-1]}.{'W' * 40_000}.x",
}


@pytest_asyncio.fixture(loop_scope="module")
async def client(chimera: Running, owner: httpx2.AsyncClient, evil: Forger) -> str:
    """Id of the forger among the providers."""
    made = await configured(owner, evil.issuer, name=evil.issuer, just_in_time=True, client_secret=None)
    return str(made["id"])


async def returned(http: httpx2.AsyncClient, client: str, evil: Forger, forge: Forge, **query: str) -> httpx2.Response:
    asked = await departed(http, client)
    token = forge(evil, asked["nonce"])
    evil.vouch(token)
    return await http.get(CALLBACK, params={"state": asked["state"], "code": "c", "iss": evil.issuer} | query)


async def test_an_honest_token_signs_in_with_the_proof_that_was_promised(
    chimera: Running, client: str, evil: Forger
) -> None:
    at_hash = base64.urlsafe_b64encode(hashlib.sha256(b"access").digest()[:16]).decode().rstrip("=")
    async with browser(chimera) as http:
        asked = await departed(http, client)
        evil.vouch(saying(at_hash=at_hash, aud=["chimera"], azp="chimera")(evil, asked["nonce"]))
        evil.userinfo = {"sub": "ada"}
        arrived = await http.get(CALLBACK, params={"state": asked["state"], "code": "c"})
        assert arrived.status_code == 200, arrived.text
        assert (await me(http) or {})["user"]["email"] == "ada@example.com"
    digest = hashlib.sha256(evil.form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_token_that_does_not_hold_signs_nobody_in(
    chimera: Running, client: str, evil: Forger, forgery: str
) -> None:
    evil.userinfo = {"sub": "ada"}
    async with browser(chimera) as http:
        refused = await returned(http, client, evil, FORGERIES[forgery])
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_refused")
        assert await me(http) is None


async def test_answers_of_another_provider_or_about_another_user_are_not_taken(
    chimera: Running, owner: httpx2.AsyncClient, client: str, evil: Forger
) -> None:
    async with browser(chimera) as http:
        mixed_up = await returned(http, client, evil, saying(), iss="https://login.example.com")
        assert mixed_up.json()["code"] == "sign_in_refused"
        evil.userinfo = {"sub": "eve", "groups": ["it"], **EMAIL}
        assert (await returned(http, client, evil, saying(email=None))).json()["code"] == "sign_in_refused"
        refusal = await departed(http, client)
        denied = await http.get(CALLBACK, params={"state": refusal["state"], "error": "access_denied"})
        assert (denied.status_code, denied.json()["code"]) == (403, "sign_in_refused")
        evil.metadata["authorization_response_iss_parameter_supported"] = True
        await owner.post(f"/api/v1/identity-providers/{client}/check")
        asked = await departed(http, client)
        silent = await http.get(CALLBACK, params={"state": asked["state"], "code": "c"})
        assert silent.json()["code"] == "sign_in_refused"
        for query in ({}, {"code": "c"}, {"state": "", "code": "c"}, {"state": "x" * 43, "code": "c"}):
            unasked = await http.get(CALLBACK, params=query)
            assert (unasked.status_code, unasked.json()["code"]) == (400, "sign_in_expired")
        assert await me(http) is None


async def test_an_address_from_one_place_is_not_verified_by_another(
    chimera: Running, client: str, evil: Forger
) -> None:
    evil.userinfo = {"sub": "ada", "email": "harmless@example.com", "email_verified": True}
    async with browser(chimera) as http:
        refused = await returned(http, client, evil, saying(email=OWNER_EMAIL, email_verified=None))
        assert refused.json()["code"] == "not_invited"


async def test_a_flood_of_unknown_keys_asks_the_provider_at_most_once_more(
    chimera: Running, client: str, evil: Forger
) -> None:
    async with browser(chimera) as http:
        for number in range(5):
            assert (await returned(http, client, evil, headed(kid=f"k{number}"))).status_code == 403
    assert evil.asked.count("/jwks") == 1


async def test_an_id_token_is_no_access_token(chimera: Running, client: str, evil: Forger) -> None:
    token = evil.signed(evil.claims(nonce="n", **EMAIL))
    async with httpx2.AsyncClient(base_url=chimera.url, headers={"Authorization": f"Bearer {token}"}) as http:
        assert (await http.get("/api/v1/session")).status_code == 401


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.com"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://user@evil.example/auth"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": ["https://login.example.com"]},
    ],
    ids=str,
)
async def test_a_provider_that_says_odd_things_of_itself_is_not_used(
    chimera: Running, owner: httpx2.AsyncClient, client: str, evil: Forger, metadata: dict[str, Any]
) -> None:
    evil.metadata = metadata
    checked = (await owner.post(f"/api/v1/identity-providers/{client}/check")).json()
    assert (checked["usable"], checked["token_endpoint"]) == (False, None)
    async with browser(chimera) as http:
        refused = await http.get(f"/api/v1/sso/{client}/start")
        assert (refused.status_code, refused.json()["code"]) == (503, "identity_provider_unusable")


async def logged_out(http: httpx2.AsyncClient, client: str, token: str) -> httpx2.Response:
    return await http.post(f"/api/v1/sso/backchannel-logout/{client}", data={"logout_token": token})


def leaving(evil: Forger, number: int, **more: Any) -> dict[str, Any]:
    return evil.claims(**{"jti": f"{number}", "events": LOGOUT, "sid": "s1", **more})


async def test_a_logout_token_ends_the_sessions_that_it_names_once(chimera: Running, client: str, evil: Forger) -> None:
    evil.userinfo = {"sub": "ada"}
    async with browser(chimera) as one, browser(chimera) as two:
        assert (await returned(one, client, evil, saying(sid="s1"))).status_code == 200
        assert (await returned(two, client, evil, saying(sid="s2"))).status_code == 200
        for number, (claims, header) in enumerate(
            [
                ({"sub": "eve"}, {}),
                ({"sid": None, "sub": None}, {}),
                ({"nonce": "n"}, {}),
                ({"events": {}}, {}),
                ({"events": ["http://schemas.openid.net/event/backchannel-logout"]}, {}),
                ({"jti": None}, {}),
                ({"iat": int(time.time()) - 3600}, {}),
                ({"exp": None}, {}),
                ({"aud": "another"}, {}),
                ({"iss": "https://login.example.com"}, {}),
                ({}, {"typ": "at+jwt"}),
                ({}, {"kid": "unknown"}),
            ]
        ):
            token = evil.signed(leaving(evil, number, **claims), **header)
            answer = await logged_out(one, client, token)
            if claims != {"sub": "eve"}:
                assert (answer.status_code, answer.json()["code"]) == (400, "invalid_logout_token"), claims
            assert await me(one) is not None, claims
        id_token = saying()(evil, "nonce")
        assert (await logged_out(one, client, id_token)).status_code == 400
        assert (await logged_out(one, client, unsigned(evil, "n"))).status_code == 400
        good = evil.signed(leaving(evil, 100), typ="logout+jwt")
        nobody = await logged_out(one, "0199c3f4-0000-7000-8000-000000000000", good)
        assert nobody.json()["code"] == "invalid_logout_token"
        assert (await logged_out(one, client, good)).status_code == 200
        assert await me(one) is None
        assert await me(two) is not None
        assert (await logged_out(one, client, good)).json()["code"] == "invalid_logout_token"
        everywhere = evil.signed(leaving(evil, 101, sid=None))
        assert (await logged_out(one, client, everywhere)).status_code == 200
        assert await me(two) is None

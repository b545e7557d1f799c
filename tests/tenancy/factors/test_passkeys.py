"""Passkeys: made and used for their person, site and page alone, once for each challenge, and never by a copy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tests.fakes.authenticator import PRESENT, VERIFIED, Authenticator, encoded
from tests.tenancy.house import EMAIL, KEY, PASSWORD, SAME_ORIGIN, House, sign_in

from chimera.tenancy.factors.repository import Passkeys
from chimera.tenancy.repository import AllPeople
from chimera.tenancy.sessions.repository import SignInSteps
from chimera.tenancy.sessions.rules import SignInRules
from chimera.tenancy.tables import PersonRow

Json = dict[str, Any]

BEGIN, VERIFY = "/api/v1/session/passkey", "/api/v1/session/passkey/verify"
ORIGIN, RP_ID = "http://chimera.test", "chimera.test"


def authenticator(**lies: Any) -> Authenticator:
    return Authenticator(**{"origin": ORIGIN, "rp_id": RP_ID} | lies)


async def begun(client: httpx2.AsyncClient) -> Json:
    """Options for a new passkey of whoever is signed in, who proved it again."""
    await client.post("/api/v1/session/proof", json={"password": PASSWORD}, headers=SAME_ORIGIN)
    answer = await client.post("/api/v1/passkey-registration", headers=SAME_ORIGIN)
    assert answer.status_code == 200, answer.text
    options: Json = answer.json()
    return options


async def kept(client: httpx2.AsyncClient, step: str, credential: Json, name: str = "laptop") -> httpx2.Response:
    body = {"step": step, "name": name, "credential": credential}
    return await client.post("/api/v1/passkeys", json=body, headers=SAME_ORIGIN)


async def register(house: House, device: Authenticator, *, email: str = EMAIL) -> str:
    """Give somebody a passkey; return its id."""
    async with house.client() as client:
        await sign_in(client, email=email)
        options = await begun(client)
        answer = await kept(client, options["step"], device.create(options["options"]))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def asked(client: httpx2.AsyncClient) -> Json:
    answer = await client.post(BEGIN)
    assert answer.status_code == 200
    options: Json = answer.json()
    return options


async def show(client: httpx2.AsyncClient, step: str, credential: Json) -> httpx2.Response:
    return await client.post(VERIFY, json={"step": step, "credential": credential})


async def use(client: httpx2.AsyncClient, device: Authenticator) -> httpx2.Response:
    options = await asked(client)
    return await show(client, options["step"], device.get(options["options"]))


def is_refused(answer: httpx2.Response) -> bool:
    told = (answer.status_code, answer.json()["code"])
    return told == (401, "passkey_refused") and "set-cookie" not in answer.headers


async def test_a_passkey_signs_in_without_a_name_or_a_password(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client:
        options = await asked(client)
        assert options["options"]["userVerification"] == "required"
        assert options["options"]["allowCredentials"] == []
        opened = await show(client, options["step"], device.get(options["options"]))
        assert (opened.status_code, opened.json()["user"]["email"]) == (200, EMAIL)
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert (await client.get("/whoami")).status_code == 200
        assert (await use(client, device)).status_code == 200


async def test_an_authenticator_that_does_not_count_may_sign_often(house: House) -> None:
    device = authenticator(count=None)
    await register(house, device)
    async with house.client() as client:
        assert [(await use(client, device)).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://evil.test"},
        {"origin": "https://chimera.test"},
        {"origin": "http://sub.chimera.test"},
        {"rp_id": "evil.test"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=str,
)
async def test_another_page_site_or_an_absent_user_is_refused(house: House, lie: Json) -> None:
    device = authenticator()
    await register(house, device)
    liar = authenticator(**lie, key=device.key, credential_id=device.credential_id, user_handle=device.user_handle)
    async with house.client() as client:
        assert is_refused(await use(client, liar))
        await sign_in(client)
        options = await begun(client)
        assert is_refused(await kept(client, options["step"], authenticator(**lie).create(options["options"])))
        assert (await use(client, device)).status_code == 200


async def test_no_challenge_is_answered_twice(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client:
        options = await asked(client)
        assert (await show(client, options["step"], device.get(options["options"]))).status_code == 200
        again = device.get(options["options"])
        assert is_refused(await show(client, options["step"], again))
        await sign_in(client)
        making = await begun(client)
        assert (await kept(client, making["step"], authenticator().create(making["options"]))).status_code == 201
        assert is_refused(await kept(client, making["step"], authenticator().create(making["options"])))


async def test_a_challenge_ends_after_five_minutes_and_is_for_one_purpose(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client:
        options = await asked(client)
        house.clock.pass_by(timedelta(minutes=5))
        assert is_refused(await show(client, options["step"], device.get(options["options"])))
        await sign_in(client)
        making = await begun(client)
        assert is_refused(await show(client, making["step"], device.get(making["options"])))
        signing = await asked(client)
        credential = authenticator().create(making["options"] | {"challenge": signing["options"]["challenge"]})
        assert is_refused(await kept(client, signing["step"], credential))


async def test_a_challenge_of_one_s_own_making_is_none(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client:
        options, other = await asked(client), await asked(client)
        own = device.get({"challenge": encoded(b"x" * 32)})
        assert is_refused(await show(client, options["step"], own))
        assert is_refused(await show(client, other["step"], device.get(options["options"])))
        for made_up in ("x", encoded(b"x" * 100), options["step"][:-4] + "AAAA", options["step"][4:]):
            assert is_refused(await show(client, made_up, device.get(options["options"])))


async def test_a_step_of_somebody_else_makes_nobody_a_passkey(house: House) -> None:
    await house.another_tenant()
    async with house.client() as attacker, house.client() as victim:
        await sign_in(attacker, email="other@example.org")
        await sign_in(victim)
        options = await begun(attacker)
        assert is_refused(await kept(victim, options["step"], authenticator().create(options["options"])))
        assert (await victim.get("/api/v1/passkeys")).json() == {"data": []}


async def test_nobody_comes_in_as_somebody_else(house: House) -> None:
    """By a handle that names another person, a row that was moved, or a passkey that is kept already."""
    await house.another_tenant()
    device, others = authenticator(), authenticator()
    await register(house, device)
    await register(house, others, email="other@example.org")
    async with house.client() as client:
        honest = others.user_handle
        others.user_handle = device.user_handle
        assert is_refused(await use(client, others))
        others.user_handle = b""
        assert is_refused(await use(client, others))
        others.user_handle = honest
        await sign_in(client, email="other@example.org")
        options = await begun(client)
        taken = await kept(client, options["step"], device.create(options["options"]))
        assert (taken.status_code, taken.json()["code"]) == (409, "factor_exists")
        assert (await use(client, others)).json()["user"]["email"] == "other@example.org"


async def test_a_copied_authenticator_shows_by_its_count(house: House) -> None:
    device = authenticator(count=5)
    await register(house, device)
    before = device.count
    async with house.client() as client:
        assert (await use(client, device)).status_code == 200
        device.count = before
        assert is_refused(await use(client, device))
        device.count = 100
        assert (await use(client, device)).status_code == 200


def without_signature(credential: Json) -> Json:
    return credential | {"response": credential["response"] | {"signature": ""}}


def with_another_signature(credential: Json) -> Json:
    response = credential["response"]
    return credential | {"response": response | {"signature": response["signature"][:-8] + "AAAAAAAA"}}


def with_zeros(credential: Json) -> Json:
    """ECDSA's r = s = 0."""
    return credential | {"response": credential["response"] | {"signature": encoded(bytes.fromhex("3006020100020100"))}}


def without_data(credential: Json) -> Json:
    return credential | {"response": credential["response"] | {"authenticatorData": ""}}


def with_garbage(credential: Json) -> Json:
    return credential | {"response": credential["response"] | {"clientDataJSON": encoded(b'{"type": ["x"]}')}}


def of_another_id(credential: Json) -> Json:
    return credential | {"rawId": encoded(b"another")}


@pytest.mark.parametrize(
    "forged",
    [without_signature, with_another_signature, with_zeros, without_data, with_garbage, of_another_id],
    ids=lambda forged: forged.__name__,
)
async def test_forgeries_are_refused_and_never_an_error_of_ours(house: House, forged: Callable[[Json], Json]) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client:
        options = await asked(client)
        assert is_refused(await show(client, options["step"], forged(device.get(options["options"]))))


@pytest.mark.parametrize(
    "garbage",
    ["", "AAAA", encoded(b"\x9f" * 10_000), encoded(b"\xa1" * 5000), encoded(b'{"type"'), encoded(b"\xff" * 12_000)],
    ids=range(6),
)
async def test_garbage_in_place_of_an_attestation_is_refused(house: House, garbage: str) -> None:
    async with house.client() as client:
        await sign_in(client)
        options = await begun(client)
        for field in ("attestationObject", "clientDataJSON"):
            credential = authenticator().create(options["options"])
            credential["response"][field] = garbage
            assert is_refused(await kept(client, options["step"], credential))


async def test_asking_for_a_challenge_tells_nothing_and_leaves_nothing(house: House) -> None:
    device = authenticator()
    async with house.client() as client:
        before = await asked(client)
        await register(house, device)
        after = await asked(client)
        assert before["options"] | {"challenge": ""} == after["options"] | {"challenge": ""}
    async with house.database.system_reading() as tx:
        assert [row.kind for row in await tx.scalars(SignInSteps(tx).every())] == ["passkey_spent"]


async def test_passkeys_are_listed_renamed_and_removed_by_their_person_alone(house: House) -> None:
    await house.another_tenant()
    device = authenticator()
    passkey_id = await register(house, device)
    async with house.client() as owner, house.client() as other:
        await sign_in(owner)
        await sign_in(other, email="other@example.org")
        (shown,) = (await owner.get("/api/v1/passkeys")).json()["data"]
        assert (shown["id"], shown["name"], shown["backed_up"]) == (passkey_id, "laptop", False)
        path = f"/api/v1/passkeys/{passkey_id}"
        for method in ("PATCH", "DELETE"):
            body = {"name": "mine"} if method == "PATCH" else None
            refused = await other.request(method, path, json=body, headers=SAME_ORIGIN)
            assert (refused.status_code, refused.json()["code"]) == (404, "factor_not_found")
        renamed = await owner.patch(path, json={"name": "old laptop"}, headers=SAME_ORIGIN)
        assert renamed.json()["name"] == "old laptop"
        house.clock.pass_by(timedelta(minutes=11))
        assert (await owner.delete(path, headers=SAME_ORIGIN)).json()["code"] == "proof_needed"
        await owner.post("/api/v1/session/proof", json={"password": PASSWORD}, headers=SAME_ORIGIN)
        assert (await owner.delete(path, headers=SAME_ORIGIN)).status_code == 204
        assert is_refused(await use(owner, device))


async def test_a_new_passkey_needs_a_fresh_proof_and_no_api_key_makes_one(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        refused = await client.post("/api/v1/passkey-registration", headers=SAME_ORIGIN)
        assert refused.json()["code"] == "proof_needed"
    async with house.client(authorization=f"Bearer {KEY}") as script:
        assert (await script.post("/api/v1/passkey-registration")).json()["code"] == "permission_denied"


async def test_whoever_is_shut_out_has_no_use_of_a_passkey(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.database.system_transaction() as tx:
        people = AllPeople(tx)
        them = people.changing().where(PersonRow.email == EMAIL)
        await people.run(them.values(disabled_at=house.clock.now()))
    async with house.client() as client:
        assert is_refused(await use(client, device))


async def test_with_a_passkey_a_wanted_second_factor_is_there_and_the_password_enrols_nobody(house: House) -> None:
    device = authenticator()
    await register(house, device)
    house.rules.given = SignInRules(second_factor=True)
    async with house.client() as client:
        refused = await sign_in(client)
        assert (refused.json()["code"], refused.json()["methods"]) == ("second_factor_required", ["passkey"])
        assert "step" not in refused.json()
        assert (await use(client, device)).status_code == 200


async def test_another_site_can_neither_begin_nor_end_it(house: House) -> None:
    device = authenticator()
    await register(house, device)
    async with house.client() as client, house.client(origin="http://evil.test") as evil:
        assert (await evil.post(BEGIN)).json()["code"] == "cross_site_request"
        options = await asked(client)
        shown = await show(evil, options["step"], device.get(options["options"]))
        assert shown.json()["code"] == "cross_site_request"
    async with house.database.system_reading() as tx:
        (row,) = await tx.scalars(Passkeys(tx).every())
        assert row.last_used_at is None
